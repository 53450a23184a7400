package io.hostfirewall.ruleset.diff;

import java.util.ArrayList;
import java.util.List;

/** The shortest way from one list of lines to another. */
final class Lines {

  /** What happens to a line. */
  enum Fate {
    KEPT(' '),
    REMOVED('-'),
    ADDED('+');

    private final char sign;

    Fate(char sign) {
      this.sign = sign;
    }

    char sign() {
      return sign;
    }
  }

  /**
   * @param number in its own list, counted from 1
   */
  record Line(Fate fate, int number, String text) {}

  private Lines() {}

  static List<Line> between(List<String> before, List<String> after) {
    var start = 0;
    while (start < Math.min(before.size(), after.size())
        && before.get(start).equals(after.get(start))) {
      start++;
    }
    var lines = new ArrayList<Line>();
    for (var i = 0; i < start; i++) {
      lines.add(new Line(Fate.KEPT, i + 1, after.get(i)));
    }
    lines.addAll(
        changed(before.subList(start, before.size()), after.subList(start, after.size()), start));
    return lines;
  }

  private static List<Line> changed(List<String> before, List<String> after, int offset) {
    var common = common(before, after);
    var lines = new ArrayList<Line>();
    var i = 0;
    var j = 0;
    while (i < before.size() || j < after.size()) {
      if (i < before.size() && j < after.size() && before.get(i).equals(after.get(j))) {
        lines.add(new Line(Fate.KEPT, offset + j + 1, after.get(j)));
        i++;
        j++;
      } else if (j == after.size() || (i < before.size() && common[i + 1][j] >= common[i][j + 1])) {
        lines.add(new Line(Fate.REMOVED, offset + i + 1, before.get(i)));
        i++;
      } else {
        lines.add(new Line(Fate.ADDED, offset + j + 1, after.get(j)));
        j++;
      }
    }
    return lines;
  }

  /** How many lines the ends of the two lists have in common, from each place on. */
  private static int[][] common(List<String> before, List<String> after) {
    var common = new int[before.size() + 1][after.size() + 1];
    for (var i = before.size() - 1; i >= 0; i--) {
      for (var j = after.size() - 1; j >= 0; j--) {
        common[i][j] =
            before.get(i).equals(after.get(j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    return common;
  }

  /** The lines with at most so many unchanged ones around each change; empty if none changed. */
  static List<Line> around(List<Line> lines, int context) {
    if (lines.stream().allMatch(line -> line.fate() == Fate.KEPT)) {
      return List.of();
    }
    var shown = new ArrayList<Line>();
    for (var i = 0; i < lines.size(); i++) {
      var near = lines.subList(Math.max(0, i - context), Math.min(lines.size(), i + context + 1));
      if (near.stream().anyMatch(line -> line.fate() != Fate.KEPT)) {
        shown.add(lines.get(i));
      }
    }
    return List.copyOf(shown);
  }
}
