package io.hostfirewall.ruleset.model;

/** A protocol of IP by its number. */
public record Protocol(int number) {

  public static final Protocol TCP = new Protocol(6);
  public static final Protocol UDP = new Protocol(17);
  public static final Protocol SCTP = new Protocol(132);
  public static final Protocol ICMP = new Protocol(1);
  public static final Protocol ICMPV6 = new Protocol(58);
  public static final Protocol AUTHENTICATION = new Protocol(51);

  public Protocol {
    if (number < 0 || number > 255) {
      throw new IllegalArgumentException("no protocol: " + number);
    }
  }

  /** The ICMP of a family. */
  public static Protocol icmp(Family family) {
    return family == Family.IPV4 ? ICMP : ICMPV6;
  }

  /**
   * Reads a number, or a name that some host gives to one.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static Protocol parse(String text) {
    var known = ProtocolNames.number(text);
    return new Protocol(known.isPresent() ? known.getAsInt() : Integer.parseInt(text));
  }

  /**
   * How we write it: by the names that are built into iptables, and else by the number, since other
   * names differ from host to host.
   */
  public String text() {
    return switch (number) {
      case 1 -> "icmp";
      case 6 -> "tcp";
      case 17 -> "udp";
      case 58 -> "ipv6-icmp";
      case 132 -> "sctp";
      default -> Integer.toString(number);
    };
  }
}
