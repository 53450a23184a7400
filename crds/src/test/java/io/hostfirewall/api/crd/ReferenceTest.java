package io.hostfirewall.api.crd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The reference is that of the CRDs; that its examples compile too, ruleset's tests prove. */
class ReferenceTest {

  private static final YAMLMapper YAML = new YAMLMapper();

  static Stream<FieldGroup> groups() {
    return FieldGroup.ALL.stream();
  }

  @ParameterizedTest
  @MethodSource("groups")
  void each_field_has_an_example_that_has_the_field(FieldGroup group) throws IOException {
    var examples = FieldExamples.read().of(group);

    assertThat(examples.keySet()).isEqualTo(group.fields(Reference.schemas().keySet()));
    for (var example : examples.entrySet()) {
      var set = new TreeSet<String>();
      collect("", YAML.readTree(example.getValue()), set);
      assertThat(set).as(example.getKey()).anyMatch(path -> path.endsWith(example.getKey()));
    }
  }

  @ParameterizedTest
  @MethodSource("groups")
  void what_is_described_once_is_the_same_everywhere(FieldGroup group) throws IOException {
    for (var copy : group.copies()) {
      assertThat(Reference.schemas().get(copy).path("properties"))
          .as(copy)
          .isEqualTo(Reference.schemas().get(group.root()).path("properties"));
    }
  }

  static Stream<String> written() throws IOException {
    return FieldExamples.read().written().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("written")
  void what_programs_write_is_shown_with_every_field_and_valid(String root) throws IOException {
    var example = YAML.readTree(FieldExamples.read().written().get(root));
    var shown = new TreeSet<String>();
    collect(root, example, shown);
    var known = new TreeSet<String>();
    for (var path : Reference.schemas().keySet()) {
      if (path.startsWith(root + ".") && !path.endsWith("[]")) {
        known.add(path);
      }
    }

    assertThat(
            shown.stream()
                .filter(path -> !path.startsWith("HostFirewallRevision.spec.policies[].spec.")))
        .containsExactlyInAnyOrderElementsOf(known);
    var validator =
        JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7)
            .getSchema(EditorSchema.closed(Reference.schemas().get(root)));
    assertThat(validator.validate(example)).isEmpty();
  }

  @Test
  void all_that_can_be_written_is_in_the_reference() throws IOException {
    var roots = new LinkedHashSet<String>(FieldExamples.read().written().keySet());
    FieldGroup.ALL.forEach(group -> roots.add(group.root()));
    for (var path : Reference.schemas().keySet()) {
      if (path.matches("\\w+\\.(spec|status)")) {
        assertThat(roots).contains(path);
      }
    }
  }

  /** The paths of all fields of a value. */
  private static void collect(String path, JsonNode value, Set<String> paths) {
    if (value instanceof ObjectNode object) {
      for (var field : object.properties()) {
        var inner = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
        paths.add(inner);
        collect(inner, field.getValue(), paths);
      }
    }
    if (value.isArray()) {
      value.forEach(item -> collect(path + "[]", item, paths));
    }
  }
}
