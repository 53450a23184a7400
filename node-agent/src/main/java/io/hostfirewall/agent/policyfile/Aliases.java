package io.hostfirewall.agent.policyfile;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Looks at what {@code *name} stands for before it is read: nested in each other a few of them make
 * billions of values, or stand for themselves. The parser bounds how many there are, not what they
 * make.
 */
final class Aliases {

  /**
   * What they may add to a file, in characters: as much as a file may have itself. So a list of
   * 100,000 networks can be named several times, and no file without aliases is refused.
   */
  static final int MOST = YamlText.MAX_BYTES;

  /** What a value costs beside its text, so that at most some two million values are added. */
  private static final int OF_EACH = 8;

  private static final long UNKNOWN = -1;

  private final String file;
  private final Map<Node, Long> sizes = new HashMap<>();
  private long added;
  private @Nullable FileProblem problem;

  Aliases(String file) {
    this.file = file;
  }

  /** Why the next document of the file is not read; empty if it can be. */
  Optional<FileProblem> problem(Node document) {
    size(document);
    return Optional.ofNullable(problem);
  }

  /** With what stands for it written out. Nodes are equal only to themselves. */
  private long size(Node node) {
    var name = node.getAnchor();
    if (name == null) {
      return OF_EACH + content(node);
    }
    var known = sizes.putIfAbsent(node, UNKNOWN);
    if (known == null) {
      var size = OF_EACH + content(node);
      sizes.put(node, size);
      return size;
    }
    if (known == UNKNOWN) {
      complain(node, "contains itself. Write out what *%s stands for.".formatted(name));
      return 0;
    }
    added += known;
    if (added > MOST) {
      complain(
          node,
          "is too large to stand wherever *%s and others do. Write fewer of them, or one address set."
              .formatted(name));
    }
    return known;
  }

  /** Never more than just too much: a product of fifty aliases would overflow. */
  private long content(Node node) {
    var size =
        switch (node) {
          case ScalarNode scalar -> scalar.getValue().length();
          case SequenceNode list -> list.getValue().stream().mapToLong(this::size).sum();
          case MappingNode fields ->
              fields.getValue().stream()
                  .mapToLong(field -> size(field.getKeyNode()) + size(field.getValueNode()))
                  .sum();
          default -> 0L;
        };
    return Math.min(size, MOST);
  }

  private void complain(Node node, String message) {
    if (problem == null) {
      problem = new FileProblem(file, Document.line(node), Document.column(node), "", message);
    }
  }
}
