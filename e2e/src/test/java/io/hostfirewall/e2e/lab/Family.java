package io.hostfirewall.e2e.lab;

/** Of which kind the packets of a test are. */
public enum Family {
  IPV4,
  IPV6;

  /** The one of two values that belongs to this family. */
  public <T> T pick(T ipv4, T ipv6) {
    return this == IPV4 ? ipv4 : ipv6;
  }
}
