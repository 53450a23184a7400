package io.hostfirewall.api.crd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class EditorSchemaTest {

  private static final Path EXAMPLES = Path.of("../examples");
  private static final YAMLMapper YAML = new YAMLMapper();

  private static final Pattern OURS =
      Pattern.compile("(?m)^(apiVersion: hostfirewall.io/v1alpha1\nkind: HostFirewall|expect:)");

  private static final Pattern MODELINE =
      Pattern.compile("# yaml-language-server: \\$schema=(\\S+)\n");

  /** Whole but for what a mistake takes the place of. */
  private static final String POLICY =
      """
      apiVersion: hostfirewall.io/v1alpha1
      kind: HostFirewallPolicy
      metadata: {name: web}
      spec:
        nodeSelector: {matchLabels: {role: web}}
        priority: 500
        ingress:
        - name: ssh
          action: Accept
          from: [{networks: [10.0.0.0/8, "fd00::/8"]}]
          ports: [{protocol: TCP, port: 22}]
          rateLimit: {limit: 1, unit: Minute, burst: 10}
        - {name: ping, action: Accept, icmp: [{type: EchoRequest}]}
        egress:
        - {name: dns, action: Accept, ports: [{protocol: UDP, port: 53}]}
      """;

  @Test
  void nothing_of_kubernetes_is_left_and_no_object_is_open() throws IOException {
    for (var schema : EditorSchemas.fromCrds(CrdYaml.committed()).entrySet()) {
      var open = new ArrayList<String>();
      collectOpen("", new ObjectMapper().readTree(schema.getValue()), open);

      assertThat(schema.getValue()).doesNotContain("x-kubernetes").contains("draft-07");
      assertThat(open)
          .as(schema.getKey())
          .isSubsetOf(schema.getKey().equals("hostfirewall.json") ? List.of("") : List.of());
    }
  }

  private static void collectOpen(String path, JsonNode schema, List<String> open) {
    var isObject = schema.path("type").asText().equals("object");
    if (isObject && !schema.has("additionalProperties")) {
      open.add(path);
    }
    for (var entry : schema.properties()) {
      collectOpen(path + "/" + entry.getKey(), entry.getValue(), open);
    }
  }

  /** A pattern says nothing to a reader. */
  @Test
  void every_pattern_of_a_field_is_put_into_words() throws IOException {
    for (var schema : EditorSchemas.fromCrds(CrdYaml.committed()).values()) {
      var silent = new ArrayList<String>();
      collectSilent("", new ObjectMapper().readTree(schema), silent);
      assertThat(silent).isEmpty();
    }
  }

  private static void collectSilent(String path, JsonNode schema, List<String> silent) {
    var isField = schema.path("pattern").isTextual() && !path.matches(".*/(if|anyOf)/.*");
    if (isField && !schema.has(EditorSchema.PATTERN_MESSAGE)) {
      silent.add(path);
    }
    for (var entry : schema.properties()) {
      collectSilent(path + "/" + entry.getKey(), entry.getValue(), silent);
    }
  }

  static Stream<Path> examples() throws IOException {
    try (var files = Files.walk(EXAMPLES)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void examples_are_valid(Path example) throws IOException {
    for (var document : documents(Files.readString(example))) {
      if (document.has("expect")) {
        assertThat(problems("expectations.json", document)).isEmpty();
      } else if (document.path("apiVersion").asText().startsWith("hostfirewall.io/")) {
        var ofKind = EditorSchema.fileName(document.path("kind").asText());
        assertThat(problems(ofKind, document)).isEmpty();
        assertThat(problems("hostfirewall.json", document)).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void examples_name_their_schema_to_editors(Path example) throws IOException {
    var text = Files.readString(example);
    if (!OURS.matcher(text).find()) {
      return;
    }
    var modeline = MODELINE.matcher(text);

    assertThat(modeline.lookingAt()).as("the first line of " + example).isTrue();
    var schema = example.resolveSibling(modeline.group(1)).normalize();
    assertThat(schema).exists().hasParent(EditorSchemas.FOLDER);
    for (var document : documents(text)) {
      assertThat(problems(schema.getFileName().toString(), document)).isEmpty();
    }
  }

  /** Or the test before would pass on none. */
  @Test
  void there_are_examples_of_all() throws IOException {
    var texts = new StringBuilder();
    for (var example : examples().toList()) {
      texts.append(Files.readString(example));
    }
    assertThat(texts)
        .contains("kind: HostFirewallPolicy", "kind: HostFirewallAddressSet", "expect:");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          burst: 10                  | brust: 10                           | spec.ingress[0].rateLimit
          action: Accept             | acton: Accept                       | spec.ingress[0]
          action: Accept             | action: Alow                        | spec.ingress[0].action
          protocol: TCP              | protocol: tcp                       | spec.ingress[0].ports[0].protocol
          unit: Minute               | unit: minutes                       | spec.ingress[0].rateLimit.unit
          type: EchoRequest          | type: EchoRequst                    | spec.ingress[1].icmp[0].type
          type: EchoRequest          | type: 8                             | spec.ingress[1].icmp[0].type
          type: EchoRequest          | type: "8"                           | spec.ingress[1].icmp[0]
          type: EchoRequest          | type: "256", family: IPv4           | spec.ingress[1].icmp[0].type
          type: EchoRequest          | type: Redirect, code: 1             | spec.ingress[1].icmp[0]
          port: 22                   | port: "22"                          | spec.ingress[0].ports[0].port
          port: 22                   | port: 70000                         | spec.ingress[0].ports[0].port
          port: 22                   | endPort: 22                         | spec.ingress[0].ports[0]
          10.0.0.0/8                 | 10.0.0.0                            | spec.ingress[0].from[0].networks[0]
          10.0.0.0/8                 | 10.0.0.0/33                         | spec.ingress[0].from[0].networks[0]
          10.0.0.0/8                 | 10.0.0.256/32                       | spec.ingress[0].from[0].networks[0]
          "fd00::/8"                 | "fd00::/129"                        | spec.ingress[0].from[0].networks[1]
          [10.0.0.0/8, "fd00::/8"]   | 10.0.0.0/8                          | spec.ingress[0].from[0].networks
          {networks:                 | {addressSet: a, networks:           | spec.ingress[0].from[0].addressSet
          networks:                  | except:                             | spec.ingress[0].from[0]
          priority: 500              | priority: 1001                      | spec.priority
          priority: 500              | trustNodes: "no"                    | spec.trustNodes
          priority: 500              | enforcement: Dry                    | spec.enforcement
          nodeSelector:              | nodeSelectors:                      | spec
          {matchLabels: {role: web}} | {role: web}                         | spec.nodeSelector
          role: web                  | role: true                          | spec.nodeSelector.matchLabels.role
          name: ssh                  | name: SSH                           | spec.ingress[0].name
          name: ssh                  | priority: 1                         | spec.ingress[0]
          hostfirewall.io/v1alpha1   | hostfirewall.io/v1                  | apiVersion
          HostFirewallPolicy         | HostFirewallPolicies                | kind
          metadata: {name: web}      | metadata: {nam: web}                | metadata
          metadata: {name: web}      | metadata: {name: Web}               | metadata.name
          port: 53}]                 | port: 53}], from: [{networks: [10.0.0.0/8]}]              | spec.egress[0]
          port: 53}]                 | port: 53}], rateLimit: {limit: 1, unit: Hour, burst: 1}   | spec.egress[0].rateLimit
          port: 53}]                 | port: 53}], icmp: [{type: EchoRequest}]                   | spec.egress[0].icmp
          name: ping, action: Accept | name: ping, action: Deny, connectionLimit: {perSource: 1} | spec.ingress[1].connectionLimit
          name: ping                 | name: ping, to: [{addressSet: a}]                         | spec.ingress[1].to[0]
          priority: 500              | enforcement: Audit⏎  defaultActions: {ingress: Deny}    | spec.defaultActions
          """)
  void mistakes_in_a_policy_are_refused_where_they_are(String right, String wrong, String place)
      throws IOException {
    assertThat(POLICY).contains(right);

    var at = POLICY.indexOf(right);
    var mistaken =
        POLICY.substring(0, at) + wrong.replace('⏎', '\n') + POLICY.substring(at + right.length());
    var document = documents(mistaken);

    assertThat(problems("hostfirewallpolicy.json", document.getFirst()))
        .extracting(problem -> problem.getInstanceLocation().toString())
        .contains("$." + place);
  }

  @Test
  void the_policy_without_mistakes_is_valid() throws IOException {
    assertThat(problems("hostfirewallpolicy.json", documents(POLICY).getFirst())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          {networks: [10.0.0.0/8]}            |
          {set: a, networks: []}              |
          {network: [10.0.0.0/8]}             | $.spec
          {networks: [10.0.0.0]}              | $.spec.networks[0]
          {networks: 10.0.0.0/8}              | $.spec.networks
          {set: A, networks: []}              | $.spec.set
          """)
  void mistakes_in_an_address_set_are_refused(String spec, String place) throws IOException {
    var document =
        documents(
            "{apiVersion: hostfirewall.io/v1alpha1, kind: HostFirewallAddressSet,"
                + " metadata: {name: a}, spec: %s}".formatted(spec));

    for (var schema : List.of("hostfirewalladdressset.json", "hostfirewall.json")) {
      var places =
          problems(schema, document.getFirst()).stream()
              .map(problem -> problem.getInstanceLocation().toString());
      if (place == null) {
        assertThat(places).isEmpty();
      } else {
        assertThat(places).contains(place);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          expect: [{packet: tcp 203.0.113.7 > :22, verdict: Deny}]                        |
          expect: [{packet: tcp 203.0.113.7 > :22, verdit: Deny}]                         | $.expect[0]
          expect: [{packet: tcp 203.0.113.7 > :22, verdict: Drop}]                        | $.expect[0].verdict
          expect: [{packet: tcp 203.0.113.7 > :22}]                                       | $.expect[0]
          expect: {packet: tcp 203.0.113.7 > :22, verdict: Deny}                          | $.expect
          expected: []                                                                    | $
          """)
  void mistakes_in_expectations_are_refused(String text, String place) throws IOException {
    var places =
        problems("expectations.json", documents(text).getFirst()).stream()
            .map(problem -> problem.getInstanceLocation().toString());

    if (place == null) {
      assertThat(places).isEmpty();
    } else {
      assertThat(places).contains(place);
    }
  }

  private static List<JsonNode> documents(String yaml) throws IOException {
    return YAML.readerFor(JsonNode.class).<JsonNode>readValues(yaml).readAll();
  }

  private static List<ValidationMessage> problems(String file, JsonNode document) {
    return List.copyOf(schema(file).validate(document));
  }

  private static JsonSchema schema(String file) {
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7)
        .getSchema(
            SchemaLocation.of(
                EditorSchemas.FOLDER
                    .resolve(file)
                    .toAbsolutePath()
                    .normalize()
                    .toUri()
                    .toString()));
  }
}
