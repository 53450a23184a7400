package io.hostfirewall.agent.policyfile;

import io.hostfirewall.ruleset.check.Spelling;
import java.util.SequencedCollection;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** Says of a field that is unknown where it stands what was meant, or where it belongs. */
final class UnknownField {

  private UnknownField() {}

  /**
   * One sentence or two.
   *
   * @param outer what encloses {@code here}, the nearest first
   */
  static String sentence(String name, Node value, Shape here, SequencedCollection<Shape> outer) {
    var colon = name.indexOf(':');
    if (colon > 0 && here.fields().containsKey(name.substring(0, colon))) {
      return "the colon has no space behind it. Write \"%s: %s\"."
          .formatted(name.substring(0, colon), name.substring(colon + 1));
    }
    if (!name.equals(visible(name)) && here.fields().containsKey(visible(name))) {
      return "an invisible character stands beside this name. Write \"%s\" anew."
          .formatted(visible(name));
    }
    if (here.fields().containsKey("matchLabels") && value instanceof ScalarNode label) {
      return "unknown field. Labels stand under matchLabels: {%s: %s}."
          .formatted(name, label.getValue());
    }
    var hint = Spelling.hint(name, here.names());
    var elsewhere = elsewhere(name, here, outer);
    if (hint.isEmpty() && elsewhere.isEmpty()) {
      return "unknown field. Write one of %s.".formatted(String.join(", ", here.names()));
    }
    var belongs = hint.isEmpty() ? " It belongs " : " Or it belongs ";
    return "unknown field." + hint + (elsewhere.isEmpty() ? "" : belongs + elsewhere);
  }

  /** Without spaces that do not break, marks of byte order and the like. */
  private static String visible(String name) {
    return name.replaceAll("[\\p{Z}\\p{C}]", "");
  }

  private static String elsewhere(String name, Shape here, SequencedCollection<Shape> outer) {
    var inner = here.having(name);
    if (!inner.isEmpty()) {
      return "into %s.".formatted(String.join(" or ", inner));
    }
    return outer.stream()
        .filter(shape -> shape.fields().containsKey(name))
        .findFirst()
        .map(
            shape ->
                "further out, into %s: check the indentation."
                    .formatted(shape.place().isEmpty() ? "the object itself" : shape.place()))
        .orElse("");
  }
}
