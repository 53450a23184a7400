package io.hostfirewall.ruleset.model;

import java.util.List;

/**
 * A set of networks in the kernel.
 *
 * @param entries as ipset prints them, sorted
 */
public record IpSet(String name, Type type, Family family, List<String> entries) {

  /** What the entries of a set are. */
  public enum Type {
    NETWORKS("hash:net"),
    /** A network together with the interface by which its packets come in. */
    NETWORKS_BY_INTERFACE("hash:net,iface");

    private final String text;

    Type(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }

  public IpSet {
    entries = entries.stream().sorted().distinct().toList();
  }
}
