package io.hostfirewall.ruleset.foreign;

import io.hostfirewall.ruleset.check.Spelling;
import java.util.List;
import java.util.Map;

/** The tables of iptables, with the chains that each has from the beginning (iptables(8)). */
final class Tables {

  static final String FILTER = "filter";

  private static final Map<String, List<String>> BUILT_IN =
      Map.of(
          FILTER,
          List.of("INPUT", "FORWARD", "OUTPUT"),
          "nat",
          List.of("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"),
          "mangle",
          List.of("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"),
          "raw",
          List.of("PREROUTING", "OUTPUT"),
          "security",
          List.of("INPUT", "FORWARD", "OUTPUT"));

  private Tables() {}

  static boolean has(String table) {
    return BUILT_IN.containsKey(table);
  }

  static List<String> builtIn(String table) {
    return BUILT_IN.getOrDefault(table, List.of());
  }

  /** Whether it is a name that a chain of one's own hardly has. */
  static boolean isBuiltInSomewhere(String chain) {
    return builtIn("mangle").contains(chain);
  }

  static String missing(String table) {
    return "there is no table \"%s\".%s"
        .formatted(
            table.length() > 40 ? table.substring(0, 40) + "…" : table,
            Spelling.hint(table, BUILT_IN.keySet()));
  }
}
