package io.hostfirewall.ruleset.model;

/** An IP family. Each has rules, sets and tools of its own. */
public enum Family {
  IPV4("hfw4-", 32, "icmp", "inet"),
  IPV6("hfw6-", 128, "ipv6-icmp", "inet6");

  private final String setPrefix;
  private final int addressBits;
  private final String icmp;
  private final String setFamily;

  Family(String setPrefix, int addressBits, String icmp, String setFamily) {
    this.setPrefix = setPrefix;
    this.addressBits = addressBits;
    this.icmp = icmp;
    this.setFamily = setFamily;
  }

  /** How the names of all our sets of this family begin. */
  public String setPrefix() {
    return setPrefix;
  }

  public int addressBits() {
    return addressBits;
  }

  /** The name of the family's ICMP as iptables prints it. */
  public String icmp() {
    return icmp;
  }

  /** The word that ipset uses for the family. */
  public String setFamily() {
    return setFamily;
  }
}
