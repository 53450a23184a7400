package io.hostfirewall.ruleset.packet;

import io.hostfirewall.ruleset.model.Cidr;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One end of a packet's way as it is written; null is what was left out. */
record Endpoint(@Nullable Cidr address, @Nullable Integer port) {

  private static final Pattern BRACKETS = Pattern.compile("\\[([^\\[\\]]*)](?::(.*))?");
  private static final Pattern IPV4 = Pattern.compile("([0-9.]*\\.[0-9.]*)(?::(.*))?");
  private static final Pattern PORT_ALONE = Pattern.compile(":?([0-9]+)");
  private static final Pattern AS_TCPDUMP =
      Pattern.compile("(\\d{1,3}(?:\\.\\d{1,3}){3})\\.(\\d{1,5})");

  static final Endpoint NOTHING = new Endpoint(null, null);

  /** Reads {@code 10.0.0.5:22}, {@code [2001:db8::1]:22}, an address alone or {@code :22}. */
  static Endpoint parse(Words.Word word) {
    var text = word.text();
    var dots = AS_TCPDUMP.matcher(text);
    if (dots.matches()) {
      throw word.problem(
          "write the port behind a colon: \"%s:%s\".".formatted(dots.group(1), dots.group(2)));
    }
    var alone = PORT_ALONE.matcher(text);
    if (alone.matches()) {
      return new Endpoint(null, port(word, alone.start(1), alone.group(1)));
    }
    for (var pattern : new Pattern[] {BRACKETS, IPV4}) {
      var parts = pattern.matcher(text);
      if (parts.matches()) {
        var port = parts.group(2) == null ? null : port(word, parts.start(2), parts.group(2));
        return new Endpoint(address(word, parts.start(1), parts.group(1)), port);
      }
    }
    return new Endpoint(address(word, 0, text), null);
  }

  private static int port(Words.Word word, int offset, String digits) {
    if (!digits.matches("0|[1-9]\\d{0,4}") || Integer.parseInt(digits) > 65535) {
      throw word.problem(
          offset, "\"%s\" is no port. Write a number from 0 to 65535.".formatted(digits));
    }
    return Integer.parseInt(digits);
  }

  private static Cidr address(Words.Word word, int offset, String text) {
    if (text.indexOf('/') >= 0) {
      throw word.problem(
          offset, "\"%s\" is a network. A packet has one address: write that.".formatted(text));
    }
    try {
      return Cidr.parse(text);
    } catch (IllegalArgumentException e) {
      throw word.problem(
          offset,
          ("\"%s\" is no address. Write one like 203.0.113.7, or 203.0.113.7:22 or"
                  + " [2001:db8::1]:22 with a port; names are not looked up.")
              .formatted(text));
    }
  }
}
