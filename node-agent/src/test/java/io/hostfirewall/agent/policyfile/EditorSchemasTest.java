package io.hostfirewall.agent.policyfile;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.ruleset.compile.IcmpTypes;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/** What the schemas for editors say that no CRD says is what is read from files. */
class EditorSchemasTest {

  private static final Path FOLDER = Path.of("../schemas");

  private static String text(String file) throws IOException {
    return Files.readString(FOLDER.resolve(file));
  }

  /** JSON is YAML. */
  private static Map<?, ?> schema(String text) {
    return (Map<?, ?>) new Yaml().<Object>load(text);
  }

  private static Object at(Object schema, String... path) {
    var node = schema;
    for (var name : path) {
      node = node instanceof Map<?, ?> map ? map.get(name) : null;
    }
    return node == null ? Map.of() : node;
  }

  @Test
  void expectations_have_the_fields_that_are_read() throws IOException {
    var schema = schema(text("expectations.json"));

    assertThat(differences(ExpectationFile.Whole.class, schema, "")).isEmpty();
  }

  /** The control. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "\"routedPods\"           | \"routedPod\"         | .cluster",
        "\"verdict\" :            | \"verdicts\" :        | .expect[]",
        "\"Reject\"               | \"Drop\"              | .expect[].verdict",
        "\"type\" : \"integer\"   | \"type\" : \"string\" | .cluster.nodes[].apiServerPort",
        "\"type\" : \"boolean\"   | \"type\" : \"string\" | .cluster.routedPods",
        "\"additionalProperties\" : false | \"additionalProperties\" : true | ''",
      })
  void what_differs_is_found(String right, String wrong, String place) throws IOException {
    var text = text("expectations.json");
    assertThat(text).contains(right);

    assertThat(differences(ExpectationFile.Whole.class, schema(text.replace(right, wrong)), ""))
        .anyMatch(difference -> difference.startsWith(place.replace("'", "") + ": "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"hostfirewallpolicy.json", "hostfirewalladdressset.json"})
  void metadata_has_the_fields_that_are_read(String file) throws IOException {
    var schema = schema(text(file));

    assertThat(names(at(schema, "properties", "metadata", "properties")))
        .containsExactlyInAnyOrderElementsOf(ObjectReader.METADATA);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ingress", "egress", "forward"})
  void icmp_types_have_the_names_that_are_read(String direction) throws IOException {
    var rule = at(schema(text("hostfirewallpolicy.json")), "properties", "spec", "properties");
    var icmp = at(rule, direction, "items", "properties", "icmp", "items", "properties", "type");

    assertThat((List<?>) at(icmp, "anyOf"))
        .map(either -> at(either, "enum"))
        .contains(List.copyOf(IcmpTypes.names()));
  }

  /** Where a schema and what is read of a type are not the same. */
  private static List<String> differences(Type type, Object schema, String place) {
    if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
      var inner = differences(list.getActualTypeArguments()[0], at(schema, "items"), place + "[]");
      return with(place, is(schema, "type", "array"), inner);
    }
    if (type instanceof ParameterizedType) {
      var texts = at(schema, "additionalProperties");
      return with(place, is(schema, "type", "object") && is(texts, "type", "string"), List.of());
    }
    var plain = (Class<?>) type;
    if (plain.isRecord()) {
      return ofRecord(plain, schema, place);
    }
    if (plain.isEnum()) {
      var words = List.copyOf(Scalars.constants(plain).keySet());
      return with(place, at(schema, "enum").equals(words), List.of());
    }
    return with(place, is(schema, "type", word(plain)), List.of());
  }

  private static List<String> ofRecord(Class<?> type, Object schema, String place) {
    var components = type.getRecordComponents();
    var fields = at(schema, "properties");
    var inner = new ArrayList<String>();
    for (var component : components) {
      var field = component.getName();
      inner.addAll(differences(component.getGenericType(), at(fields, field), place + "." + field));
    }
    var isSame =
        names(fields)
            .equals(
                Arrays.stream(components)
                    .map(RecordComponent::getName)
                    .collect(Collectors.toSet()));
    var isClosed = at(schema, "additionalProperties").equals(false);
    return with(place, is(schema, "type", "object") && isClosed && isSame, inner);
  }

  private static List<String> with(String place, boolean isSame, List<String> inner) {
    var differences = new ArrayList<>(inner);
    if (!isSame) {
      differences.add(place + ": schema and what is read differ");
    }
    return differences;
  }

  private static boolean is(Object schema, String name, String value) {
    return at(schema, name).equals(value);
  }

  private static String word(Class<?> type) {
    return Map.of(String.class, "string", Boolean.class, "boolean", Integer.class, "integer")
        .get(type);
  }

  private static Set<String> names(Object fields) {
    var names = new TreeSet<String>();
    ((Map<?, ?>) fields).keySet().forEach(name -> names.add(String.valueOf(name)));
    return names;
  }
}
