package io.hostfirewall.agent.policyfile;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.hostfirewall.api.v1alpha1.TransportProtocol;
import io.hostfirewall.ruleset.check.Spelling;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** Reads values of one word: text, numbers, true and false, and the words of the API. */
final class Scalars {

  private static final Pattern RANGE = Pattern.compile("(\\d{1,5})\\s*[-:]\\s*(\\d{1,5})");
  private static final Pattern LIST = Pattern.compile("\\d{1,5}(\\s*,\\s*\\d{1,5})+");
  private static final Pattern WHOLE = Pattern.compile("[-+]?(0|[1-9]\\d*)");
  private static final Pattern PADDED = Pattern.compile("[-+]?0+([1-9]\\d*)");

  private static final Pattern WITHOUT_PORTS =
      Pattern.compile("(?i)icmp.*|igmp|gre|esp|ah|ipip|ospf|vrrp|\\d+");

  private final Document document;

  Scalars(Document document) {
    this.document = document;
  }

  /** Null if it is wrong. */
  @Nullable Object read(Class<?> type, Node node, String field) {
    if (!(node instanceof ScalarNode scalar)) {
      document.problem(field, node, "must be %s, not %s".formatted(kind(type), insteadOf(node)));
      return null;
    }
    if (type.isEnum()) {
      return constant(type, scalar, field);
    }
    if (type == String.class) {
      return text(scalar, field);
    }
    return type == Boolean.class ? bool(scalar, field) : number(type, scalar, field);
  }

  private static String insteadOf(Node node) {
    return switch (node) {
      case SequenceNode list when list.getValue().size() > 1 -> "a list. Write an entry for each.";
      case SequenceNode list -> "a list.";
      case MappingNode fields when isText(fields) ->
          "fields. A text that ends in a colon needs quotes.";
      default -> "fields.";
    };
  }

  /** Such as {@code fd00::} in a list. */
  private static boolean isText(MappingNode fields) {
    return fields.getValue().size() == 1
        && fields.getValue().getFirst().getValueNode().getTag().equals(Tag.NULL);
  }

  private static String kind(Class<?> type) {
    if (type.isEnum()) {
      return "one of " + String.join(", ", constants(type).keySet());
    }
    if (type == Boolean.class) {
      return "true or false";
    }
    return type == String.class ? "text" : "a whole number";
  }

  private @Nullable String text(ScalarNode scalar, String field) {
    if (!scalar.getTag().equals(Tag.STR)) {
      document.problem(
          field, scalar, "must be text. Write \"" + scalar.getValue() + "\" with its quotes.");
      return null;
    }
    return scalar.getValue();
  }

  /** The other words of YAML 1.1 are refused: to YAML 1.2 they are text. */
  private @Nullable Boolean bool(ScalarNode scalar, String field) {
    var text = scalar.getValue();
    if (!scalar.getTag().equals(Tag.BOOL)) {
      var isQuoted = text.equals("true") || text.equals("false");
      document.problem(
          field, scalar, "must be true or false." + (isQuoted ? " Write it without quotes." : ""));
      return null;
    }
    if (!text.equals("true") && !text.equals("false")) {
      var isYes = text.matches("(?i)yes|on|true|y");
      document.problem(
          field, scalar, "must be true or false. Write " + (isYes ? "true." : "false."));
      return null;
    }
    return Boolean.valueOf(text);
  }

  private @Nullable Object number(Class<?> type, ScalarNode scalar, String field) {
    var text = scalar.getValue();
    var isPlain = scalar.getTag().equals(Tag.INT);
    if (!isPlain || !WHOLE.matcher(text).matches()) {
      document.problem(
          field, scalar, "\"" + text + "\" is not a whole number." + remedy(scalar, field));
      return null;
    }
    if (text.length() > 18 || Long.parseLong(text) != (int) Long.parseLong(text)) {
      document.problem(field, scalar, text + " is too large for any field.");
      return null;
    }
    return type == Long.class ? (Object) Long.valueOf(text) : (Object) Integer.valueOf(text);
  }

  private static String remedy(ScalarNode scalar, String field) {
    var text = scalar.getValue();
    var range = RANGE.matcher(text);
    if (field.endsWith(".port") && range.matches()) {
      return " Write port: %s, endPort: %s.".formatted(range.group(1), range.group(2));
    }
    if (LIST.matcher(text).matches()) {
      return " Write an entry for each.";
    }
    var padded = PADDED.matcher(text);
    if (padded.matches()) {
      return " Write %s without zeros before it.".formatted(padded.group(1));
    }
    if (WHOLE.matcher(text).matches()) {
      return " Write it without quotes.";
    }
    if (field.contains(".protocols[")) {
      return " Write the number of the protocol, such as 50 for ESP.";
    }
    return field.endsWith(".port") || field.endsWith(".endPort")
        ? " Write the number of the port, such as 22."
        : " Write it in the digits 0 to 9.";
  }

  private @Nullable Object constant(Class<?> type, ScalarNode scalar, String field) {
    var constants = constants(type);
    var value = constants.get(scalar.getValue());
    if (value == null) {
      document.problem(
          field,
          scalar,
          "\"%s\" is none of %s.%s"
              .formatted(
                  scalar.getValue(),
                  String.join(", ", constants.keySet()),
                  hint(type, scalar.getValue(), constants.keySet())));
    }
    return value;
  }

  private static String hint(Class<?> type, String word, Set<String> known) {
    return type == TransportProtocol.class && WITHOUT_PORTS.matcher(word).matches()
        ? " What has no ports stands in icmp or protocols, instead of ports."
        : Spelling.hint(word, known);
  }

  /** By the words of the API. */
  static SequencedMap<String, Object> constants(Class<?> type) {
    var constants = new LinkedHashMap<String, Object>();
    for (var constant : type.getEnumConstants()) {
      constants.put(name((Enum<?>) constant), constant);
    }
    return constants;
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
