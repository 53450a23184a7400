package io.hostfirewall.api.crd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Every schema inside the committed CRDs, with the path that a user would write. */
final class SchemaWalk {

  private static final YAMLMapper YAML = new YAMLMapper();

  /**
   * One schema inside a CRD.
   *
   * @param path such as {@code HostFirewallPolicy.spec.ingress[].name}
   */
  record Place(String path, JsonNode schema) {

    boolean is(String type) {
      return type.equals(schema.path("type").asText());
    }

    boolean isField() {
      return path.contains(".") && !path.endsWith("]");
    }
  }

  private SchemaWalk() {}

  static Stream<Place> places() throws IOException {
    var places = new ArrayList<Place>();
    for (var yaml : CrdYaml.committed().values()) {
      var spec = YAML.readTree(yaml).path("spec");
      var schema = spec.path("versions").path(0).path("schema").path("openAPIV3Schema");
      collect(spec.path("names").path("kind").asText(), schema, places);
    }
    return places.stream();
  }

  private static void collect(String path, JsonNode schema, List<Place> places) {
    places.add(new Place(path, schema));
    schema
        .path("properties")
        .properties()
        .forEach(field -> collect(path + "." + field.getKey(), field.getValue(), places));
    if (schema.has("items")) {
      collect(path + "[]", schema.get("items"), places);
    }
    if (schema.has("additionalProperties")) {
      collect(path + "[]", schema.get("additionalProperties"), places);
    }
  }
}
