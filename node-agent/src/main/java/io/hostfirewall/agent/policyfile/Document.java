package io.hostfirewall.agent.policyfile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.nodes.Node;

/**
 * What was found wrong in one file, and in which line each field of the current document stands.
 */
final class Document {

  private final String file;
  private final List<FileProblem> problems = new ArrayList<>();
  private final Map<String, Integer> lines = new HashMap<>();

  Document(String file) {
    this.file = file;
  }

  /** The same without what was found wrong. */
  Document(Document other) {
    this.file = other.file;
    lines.putAll(other.lines);
  }

  /** Remembers where a field stands. */
  void place(String field, Node node) {
    lines.put(field, line(node));
  }

  void problem(String field, Node node, String message) {
    problems.add(new FileProblem(file, line(node), column(node), field, message));
  }

  /**
   * A problem of a field that was found by its name; one that is missing is shown where it should
   * be.
   */
  void problem(String field, String message) {
    var place = field;
    while (!lines.containsKey(place) && !place.isEmpty()) {
      place =
          place.substring(0, Math.max(0, Math.max(place.lastIndexOf('.'), place.lastIndexOf('['))));
    }
    problems.add(new FileProblem(file, lines.getOrDefault(place, 0), field, message));
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
