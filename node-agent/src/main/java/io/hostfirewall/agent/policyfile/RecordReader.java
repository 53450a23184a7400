package io.hostfirewall.agent.policyfile;

import io.fabric8.kubernetes.api.model.LabelSelector;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Makes records of YAML, as strictly as an API server: an unknown field, a field that stands twice,
 * an empty one and a value of the wrong kind are problems. What is wrong reads as null.
 */
final class RecordReader {

  private final Document document;
  private final Scalars scalars;
  private final Deque<Shape> enclosing = new ArrayDeque<>();

  RecordReader(Document document) {
    this.document = document;
    this.scalars = new Scalars(document);
  }

  /** Reads a value of a type; null if there is none, or if it is wrong. */
  @Nullable Object read(Type type, Node node, String field) {
    document.place(field, node);
    if (node.getTag().equals(Tag.NULL)) {
      document.problem(
          field,
          node,
          field.endsWith("]")
              ? "is empty. Write a value, or leave the dash out."
              : "is empty. Write its value, or leave the field out.");
      return null;
    }
    if (type instanceof ParameterizedType generic) {
      return generic.getRawType() == Map.class
          ? texts(node, field)
          : list(generic.getActualTypeArguments()[0], node, field);
    }
    if (type == LabelSelector.class) {
      return record(Selector.class, Sample.of(type), node, field) instanceof Selector selector
          ? selector.build()
          : null;
    }
    var wanted = (Class<?>) type;
    return wanted.isRecord()
        ? record(wanted, Sample.of(type), node, field)
        : scalars.read(wanted, node, field);
  }

  private @Nullable Object record(Class<?> type, String sample, Node node, String field) {
    if (!(node instanceof MappingNode mapping)) {
      document.problem(field, node, notFields(node, sample));
      return null;
    }
    var shape = Shape.of(field, type);
    var nodes = fields(mapping, shape);
    var components = type.getRecordComponents();
    var values = new Object[components.length];
    enclosing.push(shape);
    for (var i = 0; i < components.length; i++) {
      var value = nodes.get(components[i].getName());
      values[i] =
          value == null
              ? null
              : read(components[i].getGenericType(), value, field + "." + components[i].getName());
    }
    enclosing.pop();
    return construct(type, components, values);
  }

  private static String notFields(Node node, String sample) {
    if (node instanceof ScalarNode scalar && scalar.getValue().matches("[A-Za-z]+:\\S.*")) {
      return "the colon has no space behind it. Write \"%s\"."
          .formatted(scalar.getValue().replaceFirst(":", ": "));
    }
    return "must hold fields, not %s. Write them like %s."
        .formatted(node instanceof SequenceNode ? "a list" : "text", sample);
  }

  private static Object construct(Class<?> type, RecordComponent[] components, Object[] values) {
    try {
      var types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      var constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a record has the constructor of its components", e);
    }
  }

  /** The fields of an object, whose inner ones are read next. */
  Map<String, Node> object(MappingNode mapping, Shape shape) {
    var fields = fields(mapping, shape);
    enclosing.push(shape);
    return fields;
  }

  /** The fields of a mapping by name; those that are unknown or stand twice are problems. */
  Map<String, Node> fields(MappingNode mapping, Shape shape) {
    var keys = new LinkedHashMap<String, Node>();
    var fields = new LinkedHashMap<String, Node>();
    for (var tuple : tuples(mapping, shape.place())) {
      var name = Fields.name(tuple);
      var field = shape.place().isEmpty() ? name : shape.place() + "." + name;
      if (shape.fields().containsKey(name)) {
        once(keys, tuple, field);
        fields.putIfAbsent(name, tuple.getValueNode());
      } else {
        document.problem(
            field,
            tuple.getKeyNode(),
            UnknownField.sentence(name, tuple.getValueNode(), shape, enclosing));
      }
    }
    return fields;
  }

  private List<NodeTuple> tuples(MappingNode mapping, String field) {
    return new Fields((node, message) -> document.problem(field, node, message)).of(mapping);
  }

  private void once(Map<String, Node> keys, NodeTuple tuple, String field) {
    var earlier = keys.putIfAbsent(Fields.name(tuple), tuple.getKeyNode());
    if (earlier != null) {
      document.problem(
          field,
          tuple.getKeyNode(),
          "stands twice, first in line %d. Delete one of the two."
              .formatted(Document.line(earlier)));
    }
  }

  private @Nullable List<@Nullable Object> list(Type item, Node node, String field) {
    if (!(node instanceof SequenceNode sequence)) {
      document.problem(field, node, notList(item, node));
      return null;
    }
    var values = new ArrayList<@Nullable Object>();
    for (var i = 0; i < sequence.getValue().size(); i++) {
      values.add(read(item, sequence.getValue().get(i), field + "[" + i + "]"));
    }
    return values;
  }

  private static String notList(Type item, Node node) {
    if (node instanceof ScalarNode scalar) {
      return "must be a list. Write [%s].".formatted(entry(item, scalar));
    }
    return "must be a list, not fields. Write a dash before each of its entries.";
  }

  private static String entry(Type item, ScalarNode scalar) {
    return item instanceof Class<?> type && type.isRecord() ? Sample.of(item) : scalar.getValue();
  }

  @Nullable Map<String, String> texts(Node node, String field) {
    if (!(node instanceof MappingNode mapping)) {
      document.problem(field, node, "must hold fields of text, such as {role: web}.");
      return null;
    }
    var keys = new LinkedHashMap<String, Node>();
    var values = new LinkedHashMap<String, String>();
    for (var tuple : tuples(mapping, field)) {
      var name = Fields.name(tuple);
      once(keys, tuple, field + "." + name);
      if (read(String.class, tuple.getValueNode(), field + "." + name) instanceof String value) {
        values.put(name, value);
      }
    }
    return values;
  }
}
