package io.hostfirewall.agent.policyfile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.nodes.Node;

/** What was found wrong in one file, and where each field of the current document stands. */
final class Document {

  private final String file;
  private final List<FileProblem> problems = new ArrayList<>();
  private final Map<String, Node> nodes = new HashMap<>();

  Document(String file) {
    this.file = file;
  }

  /** The same without what was found wrong. */
  Document(Document other) {
    this.file = other.file;
    nodes.putAll(other.nodes);
  }

  /** Remembers where a field stands. */
  void place(String field, Node node) {
    nodes.put(field, node);
  }

  void problem(String field, Node node, String message) {
    problems.add(new FileProblem(file, line(node), column(node), field, message));
  }

  /**
   * A problem of a field that was found by its name; one that is missing is shown where it should
   * be.
   */
  void problem(String field, String message) {
    problems.add(at(field, message));
  }

  /** The same, to be shown by somebody else. */
  FileProblem at(String field, String message) {
    var place = field;
    while (!nodes.containsKey(place) && !place.isEmpty()) {
      place =
          place.substring(0, Math.max(0, Math.max(place.lastIndexOf('.'), place.lastIndexOf('['))));
    }
    var node = nodes.get(place);
    return node == null
        ? new FileProblem(file, 0, field, message)
        : new FileProblem(file, line(node), column(node), field, message);
  }

  String file() {
    return file;
  }

  List<FileProblem> problems() {
    return problems;
  }

  static int line(Node node) {
    return node.getStartMark().getLine() + 1;
  }

  static int column(Node node) {
    return node.getStartMark().getColumn() + 1;
  }
}
