package io.hostfirewall.api.crd;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** What a schema says of a field, in words. */
final class FieldFacts {

  private static final Pattern ABSENT = Pattern.compile(" ?Absent: (.*)\\.$");
  private static final String REQUIRED = "Required. ";

  private final JsonNode schema;
  private final boolean isRequired;

  FieldFacts(JsonNode schema, boolean isRequired) {
    this.schema = schema;
    this.isRequired = isRequired || description(schema).startsWith(REQUIRED);
  }

  /** Such as {@code whole number from 0 to 1000; absent: 500}. */
  String line() {
    var absent = ABSENT.matcher(description(schema));
    if (isRequired) {
      return type(schema) + "; required";
    }
    return type(schema) + (absent.find() ? "; absent: " + absent.group(1) : "; optional");
  }

  /** Without what {@link #line} says. */
  String description() {
    return ABSENT.matcher(description(schema)).replaceFirst("").replaceFirst("^" + REQUIRED, "");
  }

  private static String description(JsonNode schema) {
    return schema.path("description").asText();
  }

  private static String type(JsonNode schema) {
    return switch (schema.path("type").asText()) {
      case "boolean" -> "`true` or `false`";
      case "integer" ->
          "whole number from %s to %s"
              .formatted(number(schema.path("minimum")), number(schema.path("maximum")));
      case "array" -> list(schema);
      case "object" ->
          schema.has("additionalProperties")
              ? "text by name, at most " + schema.path("maxProperties").asText()
              : "fields";
      default -> schema.has("enum") ? words(schema.path("enum")) : text(schema);
    };
  }

  private static String number(JsonNode number) {
    return number.bigIntegerValue().toString();
  }

  private static String words(JsonNode words) {
    return StreamSupport.stream(words.spliterator(), false)
        .map(word -> "`" + word.asText() + "`")
        .collect(Collectors.joining(", "))
        .replaceFirst(", ([^,]*)$", " or $1");
  }

  private static String list(JsonNode schema) {
    var least = schema.path("minItems").asInt();
    var most = schema.path("maxItems").asText();
    return "list of %s: %s"
        .formatted(
            least == 0 ? "at most " + most : "%d to %s".formatted(least, most),
            type(schema.path("items")));
  }

  private static String text(JsonNode schema) {
    var parts = new ArrayList<String>();
    var least = schema.path("minLength").asInt();
    parts.add(
        least == 0
            ? "text of at most %s characters".formatted(schema.path("maxLength").asText())
            : "text of %d to %s characters".formatted(least, schema.path("maxLength").asText()));
    if (schema.has("pattern")) {
      parts.add("as `%s`".formatted(schema.path("pattern").asText()));
    }
    return String.join(" ", parts);
  }
}
