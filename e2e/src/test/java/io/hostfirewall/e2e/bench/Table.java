package io.hostfirewall.e2e.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What was measured beside what was promised. */
final class Table {

  private record Row(String what, String measured, String budget, boolean kept) {}

  private final List<Row> rows = new ArrayList<>();

  void add(String what, double measured, String unit, double budget) {
    rows.add(
        new Row(
            what,
            String.format(Locale.ROOT, budget < 1 ? "%.3f %s" : "%.1f %s", measured, unit),
            String.format(Locale.ROOT, budget < 1 ? "<= %.2f %s" : "<= %.0f %s", budget, unit),
            measured <= budget));
  }

  /** A figure that has no budget of its own. */
  void note(String what, double measured, String unit) {
    rows.add(new Row(what, String.format(Locale.ROOT, "%.1f %s", measured, unit), "", true));
  }

  @Override
  public String toString() {
    var text = new StringBuilder();
    text.append("%-68s %14s %14s%n".formatted("what", "measured", "budget"));
    for (var row : rows) {
      text.append(
          "%-68s %14s %14s%s%n"
              .formatted(row.what(), row.measured(), row.budget(), row.kept() ? "" : "  MISSED"));
    }
    return text.toString();
  }
}
