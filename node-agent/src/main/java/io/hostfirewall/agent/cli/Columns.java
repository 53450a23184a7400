package io.hostfirewall.agent.cli;

import java.util.List;
import java.util.stream.IntStream;

/** Rows under each other, as kubectl prints them. */
final class Columns {

  private static final String GAP = "   ";

  private Columns() {}

  /**
   * Lines of equally wide columns.
   *
   * @param cells as many in each row
   */
  static String text(List<List<String>> cells) {
    var rows = cells.stream().map(row -> row.stream().map(PlainText::line).toList()).toList();
    var columns = rows.isEmpty() ? 0 : rows.getFirst().size();
    var widths =
        IntStream.range(0, columns)
            .map(column -> rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0))
            .toArray();
    var text = new StringBuilder();
    for (var row : rows) {
      var line = new StringBuilder();
      for (var column = 0; column < columns; column++) {
        var cell = row.get(column);
        line.append(cell).append(" ".repeat(widths[column] - cell.length())).append(GAP);
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
