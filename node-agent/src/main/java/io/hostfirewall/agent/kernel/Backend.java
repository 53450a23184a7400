package io.hostfirewall.agent.kernel;

import io.hostfirewall.ruleset.model.Family;

/** The two kinds of iptables. A node's kernel evaluates the rules of both. */
public enum Backend {
  NFT("nft"),
  LEGACY("legacy");

  private final String text;

  Backend(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }

  public Backend other() {
    return this == NFT ? LEGACY : NFT;
  }

  /** The name of a program, {@code ip6tables-nft-save} for {@code save}. */
  public String program(Family family, String what) {
    return (family == Family.IPV4 ? "iptables-" : "ip6tables-") + text + "-" + what;
  }
}
