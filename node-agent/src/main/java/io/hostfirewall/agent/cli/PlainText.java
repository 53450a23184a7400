package io.hostfirewall.agent.cli;

import java.util.regex.Pattern;

/**
 * Text of others for a terminal. A node writes its own status, and everybody with the right to can
 * comment a rule: none of that may move the cursor, turn the direction of writing, or look like
 * lines of ours.
 */
final class PlainText {

  private static final Pattern GAPS = Pattern.compile("[\\t\\n\\r]+");

  /** Control and format characters, other line ends, and halves of characters. */
  private static final Pattern UNPRINTABLE =
      Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}&&[^\\n]]");

  private PlainText() {}

  /** Text that belongs on one line. */
  static String line(String text) {
    return lines(GAPS.matcher(text).replaceAll(" "));
  }

  /** Text of which the line ends are ours. */
  static String lines(String text) {
    return UNPRINTABLE.matcher(text).replaceAll("?");
  }
}
