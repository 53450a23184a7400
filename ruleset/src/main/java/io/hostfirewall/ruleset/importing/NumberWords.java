package io.hostfirewall.ruleset.importing;

import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Numbers as iptables reads them (strtoul(3) with base 0): {@code 80}, {@code 0x50}, 0120. */
final class NumberWords {

  /** What may be one, for patterns that have one within. */
  static final String NUMBER = "(?:0[xX][0-9a-fA-F]{1,8}|\\d{1,10})";

  private static final Pattern WHOLE = Pattern.compile(NUMBER);

  private NumberWords() {}

  /** The number, if the word is one from 0 to the highest. */
  static OptionalInt number(String word, int highest) {
    if (!WHOLE.matcher(word).matches()) {
      return OptionalInt.empty();
    }
    try {
      var number = Long.decode(word);
      return number <= highest ? OptionalInt.of(number.intValue()) : OptionalInt.empty();
    } catch (NumberFormatException e) {
      return OptionalInt.empty();
    }
  }
}
