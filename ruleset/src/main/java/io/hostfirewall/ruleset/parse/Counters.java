package io.hostfirewall.ruleset.parse;

/** Packets and bytes that a rule has met. */
public record Counters(long packets, long bytes) {

  public static final Counters ZERO = new Counters(0, 0);

  /** Reads {@code [packets:bytes]}. */
  static Counters parse(String text) {
    var colon = text.indexOf(':');
    return new Counters(
        Long.parseLong(text.substring(1, colon)),
        Long.parseLong(text.substring(colon + 1, text.length() - 1)));
  }

  @Override
  public String toString() {
    return "[" + packets + ":" + bytes + "]";
  }
}
