package io.hostfirewall.api.crd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The schemas for editors of the kinds that people write, as the CRDs say them. */
final class EditorSchemas {

  static final Path FOLDER = Path.of("../schemas");

  private static final Set<String> WRITTEN_BY_PEOPLE =
      Set.of("hostfirewallpolicies.yaml", "hostfirewalladdresssets.yaml");

  private static final String OF_ANY_KIND = "hostfirewall.json";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final YAMLMapper YAML = new YAMLMapper();

  private EditorSchemas() {}

  /** Contents by file name. */
  static Map<String, String> fromCrds(Map<String, String> crds) throws IOException {
    var kinds = new ArrayList<ObjectNode>();
    for (var crd : new TreeMap<>(crds).entrySet()) {
      if (WRITTEN_BY_PEOPLE.contains(crd.getKey())) {
        kinds.add(EditorSchema.of(YAML.readTree(crd.getValue())));
      }
    }
    var contents = new TreeMap<String, String>();
    for (var kind : kinds) {
      contents.put(EditorSchema.fileName(kind.get("title").asText()), text(kind));
    }
    contents.put(OF_ANY_KIND, text(EditorSchema.ofAny(kinds)));
    return contents;
  }

  /** Those of the same names that are committed. */
  static Map<String, String> committed(Set<String> names) throws IOException {
    var contents = new TreeMap<String, String>();
    for (var name : names) {
      var file = FOLDER.resolve(name);
      contents.put(name, Files.exists(file) ? Files.readString(file) : "");
    }
    return contents;
  }

  static void commit(Map<String, String> contents) throws IOException {
    for (var file : contents.entrySet()) {
      Files.writeString(FOLDER.resolve(file.getKey()), file.getValue());
    }
  }

  private static String text(JsonNode schema) throws IOException {
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(schema) + "\n";
  }
}
