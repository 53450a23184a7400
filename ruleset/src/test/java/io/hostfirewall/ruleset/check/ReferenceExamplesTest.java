package io.hostfirewall.ruleset.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.hostfirewall.api.v1alpha1.HostFirewallAddressSetSpec;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import io.hostfirewall.ruleset.Policies;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.model.Family;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The examples of the reference are policies and address sets that can be carried out. */
class ReferenceExamplesTest {

  private static final Path EXAMPLES =
      Path.of("../crds/src/test/resources/reference/examples.yaml");
  private static final YAMLMapper YAML = new YAMLMapper();

  /** Strict: a field that nobody knows is an error. */
  private static final ObjectMapper JSON = new ObjectMapper();

  private static Stream<DynamicTest> examples(String group, Example example) throws IOException {
    return YAML.readTree(EXAMPLES.toFile()).path(group).properties().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    group + " " + entry.getKey(),
                    () -> example.check((ObjectNode) YAML.readTree(entry.getValue().asText()))));
  }

  private interface Example {
    void check(ObjectNode text) throws IOException;
  }

  @Test
  void there_are_many() throws IOException {
    assertThat(YAML.readTree(EXAMPLES.toFile()).path("rule")).hasSizeGreaterThan(20);
  }

  @TestFactory
  Stream<DynamicTest> those_of_policies_compile() throws IOException {
    return Stream.concat(
        examples("policy", ReferenceExamplesTest::compiles),
        examples("selector", ReferenceExamplesTest::compiles));
  }

  @TestFactory
  Stream<DynamicTest> those_of_rules_compile() throws IOException {
    return Stream.concat(
        examples("rule", ReferenceExamplesTest::compilesInRule),
        examples("peer", ReferenceExamplesTest::compilesInRule));
  }

  @TestFactory
  Stream<DynamicTest> those_of_address_sets_are_valid() throws IOException {
    return examples(
        "addressSet",
        text ->
            assertThat(
                    AddressSetCheck.check(JSON.treeToValue(text, HostFirewallAddressSetSpec.class)))
                .isEmpty());
  }

  private static void compilesInRule(ObjectNode fields) throws IOException {
    var rule = JSON.createObjectNode().put("name", "example").put("action", "Accept");
    rule.setAll(fields);
    compiles(JSON.createObjectNode().set("ingress", JSON.createArrayNode().add(rule)));
  }

  private static void compiles(JsonNode fields) throws IOException {
    var spec = JSON.createObjectNode().set("nodeSelector", JSON.createObjectNode());
    ((ObjectNode) spec).setAll((ObjectNode) fields);

    assertThat(PolicyCheck.check(JSON.treeToValue(spec, HostFirewallPolicySpec.class))).isEmpty();
    for (var facts : List.of(NodeFacts.standAlone(), Policies.worker())) {
      for (var family : Family.values()) {
        assertThat(Policies.compile(family, facts, spec.toString()).tables()).isNotEmpty();
      }
    }
  }
}
