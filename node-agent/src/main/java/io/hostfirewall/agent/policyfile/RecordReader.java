package io.hostfirewall.agent.policyfile;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.hostfirewall.ruleset.check.Spelling;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Makes records of YAML, as strictly as an API server: an unknown field, a field that stands twice
 * and a value of the wrong kind are problems. What is wrong reads as null.
 */
final class RecordReader {

  /** {@link LabelSelector} is no record. */
  private record Selector(
      @Nullable Map<String, String> matchLabels, @Nullable List<Requirement> matchExpressions) {

    private LabelSelector build() {
      var expressions =
          matchExpressions == null
              ? List.<LabelSelectorRequirement>of()
              : matchExpressions.stream()
                  .map(r -> new LabelSelectorRequirement(r.key(), r.operator(), r.values()))
                  .toList();
      return new LabelSelector(expressions, matchLabels == null ? Map.of() : matchLabels);
    }
  }

  private record Requirement(
      @Nullable String key, @Nullable String operator, @Nullable List<String> values) {}

  private final Document document;

  RecordReader(Document document) {
    this.document = document;
  }

  /** Reads a value of a type; null if there is none, or if it is wrong. */
  @Nullable Object read(Type type, Node node, String field) {
    document.place(field, node);
    if (node.getTag().equals(Tag.NULL)) {
      return null;
    }
    if (type instanceof ParameterizedType generic) {
      return generic.getRawType() == Map.class
          ? map(node, field)
          : list(generic.getActualTypeArguments()[0], node, field);
    }
    if (type instanceof Class<?> wanted && wanted.isRecord()) {
      return record(wanted, node, field);
    }
    if (type == LabelSelector.class) {
      return read(Selector.class, node, field) instanceof Selector selector
          ? selector.build()
          : null;
    }
    return scalar((Class<?>) type, node, field);
  }

  private @Nullable Object record(Class<?> type, Node node, String field) {
    if (!(node instanceof MappingNode mapping)) {
      document.problem(field, node, "must hold fields, such as " + names(type).getFirst() + ".");
      return null;
    }
    var nodes = fields(mapping, field, names(type));
    var components = type.getRecordComponents();
    var values = new Object[components.length];
    for (var i = 0; i < components.length; i++) {
      var value = nodes.get(components[i].getName());
      values[i] =
          value == null
              ? null
              : read(components[i].getGenericType(), value, field + "." + components[i].getName());
    }
    return construct(type, components, values);
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

  /** The fields of a mapping by name; those that are unknown or stand twice are problems. */
  Map<String, Node> fields(MappingNode mapping, String parent, List<String> known) {
    var fields = new LinkedHashMap<String, Node>();
    for (var tuple : mapping.getValue()) {
      var key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
      var field = parent.isEmpty() ? key : parent + "." + key;
      if (!known.contains(key)) {
        document.problem(field, tuple.getKeyNode(), "unknown field." + Spelling.hint(key, known));
      } else if (fields.putIfAbsent(key, tuple.getValueNode()) != null) {
        document.problem(field, tuple.getKeyNode(), "stands twice. Delete one of the two.");
      }
    }
    return fields;
  }

  private static List<String> names(Class<?> type) {
    return Arrays.stream(type.getRecordComponents()).map(RecordComponent::getName).toList();
  }

  private @Nullable List<@Nullable Object> list(Type item, Node node, String field) {
    if (!(node instanceof SequenceNode sequence)) {
      document.problem(field, node, "must be a list. Write a dash before each of its values.");
      return null;
    }
    var values = new ArrayList<@Nullable Object>();
    for (var i = 0; i < sequence.getValue().size(); i++) {
      values.add(read(item, sequence.getValue().get(i), field + "[" + i + "]"));
    }
    return values;
  }

  private @Nullable Map<String, String> map(Node node, String field) {
    if (!(node instanceof MappingNode mapping)) {
      document.problem(field, node, "must hold fields of text.");
      return null;
    }
    var values = new LinkedHashMap<String, String>();
    for (var tuple : mapping.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode scalar)) {
        document.problem(field, tuple.getKeyNode(), "must hold fields of text.");
        continue;
      }
      var key = scalar.getValue();
      if (read(String.class, tuple.getValueNode(), field + "." + key) instanceof String value) {
        values.put(key, value);
      }
    }
    return values;
  }

  private @Nullable Object scalar(Class<?> type, Node node, String field) {
    if (!(node instanceof ScalarNode scalar)) {
      document.problem(field, node, "must be one value, not a list and not fields.");
      return null;
    }
    var text = scalar.getValue();
    if (type.isEnum()) {
      return constant(type, scalar, field);
    }
    if (type == String.class) {
      if (!scalar.getTag().equals(Tag.STR)) {
        document.problem(field, node, "must be text. Write \"" + text + "\" with its quotes.");
        return null;
      }
      return text;
    }
    if (type == Boolean.class) {
      if (!text.equals("true") && !text.equals("false")) {
        document.problem(field, node, "must be true or false.");
        return null;
      }
      return Boolean.valueOf(text);
    }
    return number(type, scalar, field);
  }

  private @Nullable Object number(Class<?> type, ScalarNode scalar, String field) {
    var text = scalar.getValue();
    if (!scalar.getTag().equals(Tag.INT) || !text.matches("[-+]?\\d{1,10}")) {
      document.problem(field, scalar, "\"" + text + "\" is not a whole number.");
      return null;
    }
    var value = Long.parseLong(text);
    if (value < Integer.MIN_VALUE || value > Integer.MAX_VALUE) {
      document.problem(field, scalar, text + " is too large.");
      return null;
    }
    return type == Long.class ? (Object) value : (Object) (int) value;
  }

  /** The names of the constants are those of the API. */
  private @Nullable Object constant(Class<?> type, ScalarNode scalar, String field) {
    var constants = new LinkedHashMap<String, Object>();
    for (var constant : type.getEnumConstants()) {
      constants.put(name((Enum<?>) constant), constant);
    }
    var value = constants.get(scalar.getValue());
    if (value == null) {
      document.problem(
          field,
          scalar,
          "\"%s\" is none of %s.%s"
              .formatted(
                  scalar.getValue(),
                  String.join(", ", constants.keySet()),
                  Spelling.hint(scalar.getValue(), constants.keySet())));
    }
    return value;
  }

  private static String name(Enum<?> constant) {
    try {
      var property =
          constant.getDeclaringClass().getField(constant.name()).getAnnotation(JsonProperty.class);
      return property == null ? constant.name() : property.value();
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException("a constant is a field of its class", e);
    }
  }
}
