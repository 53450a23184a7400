package io.hostfirewall.chart;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.comments.CommentLine;
import org.yaml.snakeyaml.comments.CommentType;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** The values of the chart as a table of Markdown: name, default, and the comment on it. */
final class ValuesTable {

  private final List<String> lines =
      new ArrayList<>(List.of("| value | default | |", "| --- | --- | --- |"));

  private final String yaml;

  private ValuesTable(String yaml) {
    this.yaml = yaml;
  }

  static String of(Path values) throws IOException {
    var options = new LoaderOptions();
    options.setProcessComments(true);
    var table = new ValuesTable(Files.readString(values));
    table.add((MappingNode) new Yaml(options).compose(new StringReader(table.yaml)), "");
    return String.join("\n", table.lines) + "\n";
  }

  private void add(MappingNode mapping, String path) {
    for (var entry : mapping.getValue()) {
      var name = path + ((ScalarNode) entry.getKeyNode()).getValue();
      if (entry.getValueNode() instanceof MappingNode inner
          && inner.getFlowStyle() == FlowStyle.BLOCK) {
        if (!comment(entry).isEmpty()) {
          row(name, "", comment(entry));
        }
        add(inner, name + ".");
      } else {
        row(name, "`" + text(entry.getValueNode()) + "`", comment(entry));
      }
    }
  }

  private void row(String name, String value, String comment) {
    lines.add("| `%s` | %s | %s |".formatted(name, value, comment).replace("|  |", "| |"));
  }

  /** What stands above an entry and beside it. */
  private static String comment(NodeTuple entry) {
    return Stream.of(
            entry.getKeyNode().getBlockComments(),
            entry.getKeyNode().getInLineComments(),
            entry.getValueNode().getInLineComments())
        .filter(Objects::nonNull)
        .flatMap(List::stream)
        .filter(line -> line.getCommentType() != CommentType.BLANK_LINE)
        .map(CommentLine::getValue)
        .map(String::strip)
        .collect(Collectors.joining(" "))
        .replace("|", "\\|");
  }

  /** As it is written, on one line. */
  private String text(Node value) {
    return yaml.substring(value.getStartMark().getIndex(), value.getEndMark().getIndex());
  }
}
