package io.hostfirewall.ruleset.model;

/** A protocol that our rules name, by the name that iptables prints. */
public enum Protocol {
  TCP("tcp"),
  UDP("udp"),
  SCTP("sctp"),
  ICMP("icmp"),
  ICMPV6("ipv6-icmp");

  private final String text;

  Protocol(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }

  /** The ICMP of a family. */
  public static Protocol icmp(Family family) {
    return family == Family.IPV4 ? ICMP : ICMPV6;
  }
}
