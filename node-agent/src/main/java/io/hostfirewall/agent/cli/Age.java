package io.hostfirewall.agent.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/** How long ago something was, in two letters or three, as kubectl says it. */
final class Age {

  private static final Duration TWO_MINUTES = Duration.ofMinutes(2);
  private static final Duration THREE_HOURS = Duration.ofHours(3);
  private static final Duration TWO_DAYS = Duration.ofDays(2);

  private Age() {}

  /**
   * @param time as RFC 3339
   */
  static String of(String time, Instant now) {
    try {
      return words(Duration.between(Instant.parse(time), now));
    } catch (DateTimeParseException e) {
      return time;
    }
  }

  private static String words(Duration age) {
    if (age.isNegative()) {
      return "0s";
    }
    if (age.compareTo(TWO_MINUTES) < 0) {
      return age.toSeconds() + "s";
    }
    if (age.compareTo(THREE_HOURS) < 0) {
      return age.toMinutes() + "m";
    }
    return age.compareTo(TWO_DAYS) < 0 ? age.toHours() + "h" : age.toDays() + "d";
  }
}
