package io.hostfirewall.operator.agent;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@link AgentSettings}, as strictly as an API server: a key that is unknown, stands twice or
 * has a value of the wrong kind is refused, inside {@code tolerations} and the like too.
 */
public final class AgentSettingsFile {

  private static final YAMLMapper YAML = strictMapper();

  /** Keys whose own keys can be left out one by one. */
  private static final Set<String> IN_PARTS = Set.of("health", "logging");

  private AgentSettingsFile() {}

  /**
   * Reads a file.
   *
   * @throws SettingsException with a sentence that names file, key and remedy
   */
  public static AgentSettings read(Path file) throws SettingsException {
    return read(file.toString(), text(file));
  }

  static AgentSettings read(String file, String text) throws SettingsException {
    var written = tree(file, text);
    if (!written.hasNonNull("image")) {
      throw new SettingsException(file + ": image: is missing. Name the image of the agent.");
    }
    return settings(file, written);
  }

  static String text(Path file) throws SettingsException {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new SettingsException(file + " does not exist. Mount the agents' configuration there.");
    } catch (IOException e) {
      throw new SettingsException(file + " cannot be read: " + e.getMessage());
    }
  }

  static ObjectNode tree(String file, String text) throws SettingsException {
    try {
      if (YAML.readTree(text) instanceof ObjectNode written) {
        return written;
      }
      throw new SettingsException(file + " holds no keys. Write image: and what else you want.");
    } catch (JsonProcessingException e) {
      throw new SettingsException(
          "%s:%s: is not valid YAML: %s."
              .formatted(
                  file,
                  e.getLocation() == null ? "?" : e.getLocation().getLineNr(),
                  e.getOriginalMessage().lines().findFirst().orElse("")));
    }
  }

  /** What these keys say, and the defaults for those that they leave out. */
  static AgentSettings settings(String file, ObjectNode written) throws SettingsException {
    try {
      var settings = YAML.treeToValue(overlay(defaults(), written), AgentSettings.class);
      var problem = AgentSettingsCheck.firstProblem(settings);
      if (problem.isPresent()) {
        throw new SettingsException(file + ": " + problem.get());
      }
      return settings;
    } catch (JsonMappingException e) {
      throw new SettingsException(file + ": " + field(e.getPath()) + ": " + sentence(e));
    } catch (JsonProcessingException e) {
      throw new SettingsException(file + ": " + e.getOriginalMessage());
    }
  }

  private static YAMLMapper strictMapper() {
    var mapper =
        YAMLMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .annotationIntrospector(new WithoutAnySetters())
            .build();
    var text = mapper.coercionConfigFor(LogicalType.Textual);
    for (var shape :
        List.of(CoercionInputShape.Boolean, CoercionInputShape.Integer, CoercionInputShape.Float)) {
      text.setCoercion(shape, CoercionAction.Fail);
    }
    return mapper;
  }

  private static ObjectNode defaults() {
    try (var resource = AgentSettingsFile.class.getResourceAsStream("agent-defaults.yaml")) {
      return (ObjectNode) YAML.readTree(Objects.requireNonNull(resource));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A key without a value, which templates write easily, is a key left out. */
  private static ObjectNode overlay(ObjectNode defaults, ObjectNode written) {
    for (Map.Entry<String, JsonNode> entry : written.properties()) {
      var value = entry.getValue();
      if (value.isNull()) {
        continue;
      }
      if (IN_PARTS.contains(entry.getKey())
          && value instanceof ObjectNode part
          && defaults.get(entry.getKey()) instanceof ObjectNode usual) {
        overlay(usual, part);
      } else {
        defaults.set(entry.getKey(), value);
      }
    }
    return defaults;
  }

  private static String field(Collection<JsonMappingException.Reference> path) {
    return path.stream()
        .map(
            step ->
                step.getFieldName() == null
                    ? "[" + step.getIndex() + "]"
                    : "." + step.getFieldName())
        .collect(joining())
        .replaceFirst("^\\.", "");
  }

  private static String sentence(JsonMappingException e) {
    return switch (e) {
      case UnrecognizedPropertyException unknown ->
          "unknown key. Known here are %s."
              .formatted(
                  unknown.getKnownPropertyIds().stream()
                      .map(Object::toString)
                      .sorted()
                      .collect(joining(", ")));
      case MismatchedInputException mismatch -> "must be " + wanted(mismatch.getTargetType()) + ".";
      default -> e.getOriginalMessage();
    };
  }

  private static String wanted(@Nullable Class<?> type) {
    if (type == null) {
      return "something else";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (type == int.class || type == Integer.class || type == Long.class) {
      return "a whole number";
    }
    if (type == String.class) {
      return "text: put it in quotes";
    }
    if (type == AgentSettings.Backend.class) {
      return "auto, nft or legacy";
    }
    if (type == AgentSettings.Logging.Target.class) {
      return "Kernel or NFLOG";
    }
    return Collection.class.isAssignableFrom(type)
        ? "a list: write a dash before each of its values"
        : "a mapping of keys to values";
  }

  /** Kubernetes' own types keep what they do not know for later; here it is a mistake. */
  private static final class WithoutAnySetters extends JacksonAnnotationIntrospector {

    private static final long serialVersionUID = 1L;

    @Override
    public Boolean hasAnySetter(Annotated annotated) {
      return false;
    }
  }
}
