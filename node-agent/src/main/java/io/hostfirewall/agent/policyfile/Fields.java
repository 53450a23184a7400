package io.hostfirewall.agent.policyfile;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * The fields of a mapping, with those that {@code <<: *name} takes over from others; {@link
 * Aliases} sees to it that no mapping takes over itself.
 */
final class Fields {

  /** Why a merge is none. */
  @FunctionalInterface
  interface Complaint {
    void of(Node node, String message);
  }

  private final Complaint complaint;

  Fields(Complaint complaint) {
    this.complaint = complaint;
  }

  /** Its own first; one that it has itself is not taken over. */
  List<NodeTuple> of(MappingNode mapping) {
    var fields = new ArrayList<NodeTuple>();
    mapping.getValue().stream().filter(field -> !isMerge(field)).forEach(fields::add);
    var names = new HashSet<String>();
    fields.forEach(field -> names.add(name(field)));
    for (var field : mapping.getValue()) {
      if (isMerge(field)) {
        merged(field.getValueNode()).stream()
            .filter(other -> names.add(name(other)))
            .forEach(fields::add);
      }
    }
    return fields;
  }

  private List<NodeTuple> merged(Node value) {
    return switch (value) {
      case MappingNode other -> of(other);
      case SequenceNode others ->
          others.getValue().stream().flatMap(other -> merged(other).stream()).toList();
      default -> {
        complaint.of(value, "<< takes over fields. Write *name behind it, and &name before them.");
        yield List.of();
      }
    };
  }

  /** The first value of that name, without complaint about anything. */
  static Optional<Node> value(MappingNode mapping, String name) {
    return new Fields((node, message) -> {})
        .of(mapping).stream()
            .filter(field -> name(field).equals(name))
            .map(NodeTuple::getValueNode)
            .findFirst();
  }

  static String name(NodeTuple field) {
    return field.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
  }

  private static boolean isMerge(NodeTuple field) {
    return field.getKeyNode().getTag().equals(Tag.MERGE);
  }
}
