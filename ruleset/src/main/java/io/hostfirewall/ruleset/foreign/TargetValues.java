package io.hostfirewall.ruleset.foreign;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Values of options that say how to log, which a policy does not have but iptables checks. */
final class TargetValues {

  /** Of libxt_NFLOG.c. */
  private static final Map<String, Long> HIGHEST =
      Map.of(
          "--nflog-group", 65_535L,
          "--nflog-threshold", 65_535L,
          "--nflog-size", 4_294_967_295L,
          "--nflog-range", 4_294_967_295L);

  /** Of libxt_LOG.c; some versions take the beginning of one, too. */
  private static final List<String> LEVELS =
      List.of("emerg", "panic", "alert", "crit", "error", "warning", "notice", "info", "debug");

  private TargetValues() {}

  /** Why iptables refuses these values, if it does. */
  static Optional<String> refused(String option, List<String> values) {
    var highest = HIGHEST.get(option);
    if (highest != null && !isNumber(values.getFirst(), highest)) {
      return Optional.of("%s is a number from 0 to %d.".formatted(option, highest));
    }
    return option.equals("--log-level") && !isLevel(values.getFirst())
        ? Optional.of(
            "\"%s\" is no level of logs. Write a number from 0 to 7, or one of %s."
                .formatted(values.getFirst(), String.join(", ", LEVELS)))
        : Optional.empty();
  }

  private static boolean isNumber(String text, long highest) {
    try {
      var number = Long.decode(text);
      return number >= 0 && number <= highest;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static boolean isLevel(String text) {
    var level = text.toLowerCase(Locale.ROOT);
    return text.matches("[0-7]")
        || (!text.isEmpty() && LEVELS.stream().anyMatch(name -> name.startsWith(level)));
  }
}
