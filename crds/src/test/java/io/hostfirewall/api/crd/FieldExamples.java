package io.hostfirewall.api.crd;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/** The examples of the reference, in its order. */
final class FieldExamples {

  static final Path FILE = Path.of("src/test/resources/reference/examples.yaml");

  private static final String WRITTEN = "written";

  private final Map<String, SequencedMap<String, String>> groups;

  private FieldExamples(Map<String, SequencedMap<String, String>> groups) {
    this.groups = groups;
  }

  static FieldExamples read() throws IOException {
    var type = new TypeReference<Map<String, SequencedMap<String, String>>>() {};
    return new FieldExamples(new YAMLMapper().readValue(FILE.toFile(), type));
  }

  /** By the field. */
  SequencedMap<String, String> of(FieldGroup group) {
    return groups.getOrDefault(group.name(), new LinkedHashMap<>());
  }

  /** What operator and agents write, by its path. */
  SequencedMap<String, String> written() {
    return groups.getOrDefault(WRITTEN, new LinkedHashMap<>());
  }
}
