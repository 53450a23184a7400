package io.hostfirewall.chart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** One Kubernetes object, as YAML says it. */
record Manifest(JsonNode json) {

  private static final YAMLMapper YAML = new YAMLMapper();

  static List<Manifest> parseAll(String yaml) {
    var manifests = new ArrayList<Manifest>();
    try (var parser = YAML.getFactory().createParser(yaml)) {
      for (var documents = YAML.readValues(parser, JsonNode.class); documents.hasNext(); ) {
        var document = documents.next();
        if (document.isObject()) {
          manifests.add(new Manifest(document));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return manifests;
  }

  static JsonNode parse(String yaml) {
    try {
      return YAML.readTree(yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String kind() {
    return json.at("/kind").asText();
  }

  String name() {
    return json.at("/metadata/name").asText();
  }

  /** Kind and name. */
  String id() {
    return kind() + "/" + name();
  }

  /** What is at a JSON pointer, as text; empty if nothing is. */
  String text(String pointer) {
    var node = json.at(pointer);
    return node.isValueNode() ? node.asText() : node.toString();
  }

  boolean isHook() {
    return json.at("/metadata/annotations").has("helm.sh/hook");
  }

  /** The template of the pods that it makes; missing for what makes none. */
  JsonNode podSpec() {
    return json.at("/spec/template/spec");
  }
}
