package io.hostfirewall.ruleset.model;

/** Ports from {@code first} to {@code last}, both included. */
public record PortRange(int first, int last) {

  public PortRange {
    if (first < 0 || last > 65535 || first > last) {
      throw new IllegalArgumentException("no range of ports: " + first + ".." + last);
    }
  }

  public static PortRange of(int port) {
    return new PortRange(port, port);
  }

  public static PortRange parse(String text) {
    var colon = text.indexOf(':');
    return colon < 0
        ? of(Integer.parseInt(text))
        : new PortRange(
            Integer.parseInt(text.substring(0, colon)),
            Integer.parseInt(text.substring(colon + 1)));
  }

  /** How many of the fifteen places of a multiport match this takes. */
  public int places() {
    return first == last ? 1 : 2;
  }

  /** As iptables prints it. */
  @Override
  public String toString() {
    return first == last ? Integer.toString(first) : first + ":" + last;
  }
}
