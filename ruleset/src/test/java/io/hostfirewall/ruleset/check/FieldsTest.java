package io.hostfirewall.ruleset.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.hostfirewall.ruleset.Policies;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.render.Generation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Each field of the schema does something, or is refused: none is ignored. */
class FieldsTest {

  private static final Path CRD = Path.of("../crds/generated/hostfirewallpolicies.yaml");

  /** Two policies a field that differ in it alone; their rule sets must differ. */
  private static final Map<String, Pair> CARRIED_OUT = new LinkedHashMap<>();

  record Pair(String one, String other) {}

  private static void field(String path, String one, String other) {
    CARRIED_OUT.put(path, new Pair("nodeSelector: {}\n" + one, "nodeSelector: {}\n" + other));
  }

  private static void rule(String path, String one, String other) {
    var rule = "ingress: [{name: r, action: Accept, %s}]\n";
    field("spec.ingress[]." + path, rule.formatted(one), rule.formatted(other));
  }

  static {
    field("spec.defaultActions.ingress", "", "defaultActions: {ingress: Accept}\n");
    field("spec.defaultActions.forward", "", "defaultActions: {forward: Reject}\n");
    for (var name : Set.of("spoofedSource", "bogusTcpFlags", "newNotSyn", "invalidState")) {
      field("spec.protections." + name, "", "protections: {%s: Disabled}\n".formatted(name));
    }
    field(
        "spec.ingress[].name",
        "ingress: [{name: a, action: Accept}]\n",
        "ingress: [{name: b, action: Accept}]\n");
    field(
        "spec.ingress[].action",
        "ingress: [{name: a, action: Accept}]\n",
        "ingress: [{name: a, action: Deny}]\n");
    rule(
        "from[].networks[]",
        "from: [{networks: [10.0.0.0/8]}]",
        "from: [{networks: [10.0.0.0/9]}]");
    rule(
        "from[].except[]",
        "from: [{networks: [10.0.0.0/8]}]",
        "from: [{networks: [10.0.0.0/8], except: [10.1.0.0/16]}]");
    rule("from[].addressSet", "from: [{addressSet: a}]", "from: [{addressSet: b}]");
    rule(
        "ports[].protocol",
        "ports: [{protocol: TCP, port: 1}]",
        "ports: [{protocol: UDP, port: 1}]");
    rule("ports[].port", "ports: [{protocol: TCP, port: 1}]", "ports: [{protocol: TCP, port: 2}]");
    rule(
        "ports[].endPort",
        "ports: [{protocol: TCP, port: 1}]",
        "ports: [{protocol: TCP, port: 1, endPort: 2}]");
    rule("icmp[].type", "icmp: [{type: EchoRequest}]", "icmp: [{type: Redirect}]");
    rule(
        "icmp[].code",
        "icmp: [{type: Redirect, family: IPv4}]",
        "icmp: [{type: Redirect, family: IPv4, code: 1}]");
    rule("icmp[].family", "icmp: [{type: Redirect}]", "icmp: [{type: Redirect, family: IPv6}]");
    var limit = "rateLimit: {limit: 1, unit: Minute, burst: 2%s}";
    rule("rateLimit.limit", limit.formatted(""), "rateLimit: {limit: 2, unit: Minute, burst: 2}");
    rule("rateLimit.unit", limit.formatted(""), "rateLimit: {limit: 1, unit: Hour, burst: 2}");
    rule("rateLimit.burst", limit.formatted(""), "rateLimit: {limit: 1, unit: Minute, burst: 3}");
    rule("rateLimit.exceeded", limit.formatted(""), limit.formatted(", exceeded: Reject"));
    rule(
        "rateLimit.sourcePrefixLength.ipv4",
        limit.formatted(""),
        limit.formatted(", sourcePrefixLength: {ipv4: 24}"));
    rule(
        "rateLimit.sourcePrefixLength.ipv6",
        limit.formatted(""),
        limit.formatted(", sourcePrefixLength: {ipv6: 56}"));
    rule("rateLimit.per", limit.formatted(""), limit.formatted(", per: Node"));
    rule(
        "connectionLimit.perSource",
        "connectionLimit: {perSource: 1}",
        "connectionLimit: {perSource: 2}");
    rule("protocols[]", "protocols: [4]", "protocols: [50]");
    rule("interfaces[]", "interfaces: [eth0]", "interfaces: [eth*]");
  }

  /**
   * Carried out beside the rule set: by the operator's selection, by the order of merging
   * (PolicyMergeTest), and by the agent's proof (WayInTest).
   */
  private static final Set<String> BESIDE_THE_RULES =
      Set.of("spec.priority", "spec.nodeSelector", "spec.acknowledgeLockout");

  private static Set<String> schemaFields() throws IOException {
    var crd = new ObjectMapper(new YAMLFactory()).readTree(CRD.toFile());
    var spec = crd.at("/spec/versions/0/schema/openAPIV3Schema/properties/spec");
    var fields = new TreeSet<String>();
    collect("spec", spec, fields);
    return fields;
  }

  private static void collect(String path, JsonNode schema, Set<String> fields) {
    if (NotYet.fields().contains(path) || BESIDE_THE_RULES.contains(path)) {
      fields.add(path);
    } else if (schema.has("items")) {
      collect(path + "[]", schema.get("items"), fields);
    } else if (schema.has("properties")) {
      schema
          .get("properties")
          .properties()
          .forEach(field -> collect(path + "." + field.getKey(), field.getValue(), fields));
    } else {
      fields.add(path);
    }
  }

  @Test
  void every_field_of_the_schema_is_carried_out_or_refused() throws IOException {
    var known = new TreeSet<>(CARRIED_OUT.keySet());
    known.addAll(NotYet.fields());
    known.addAll(BESIDE_THE_RULES);

    assertThat(schemaFields()).isEqualTo(known);
  }

  @TestFactory
  Stream<DynamicTest> a_field_that_is_carried_out_changes_the_rule_set() {
    return CARRIED_OUT.entrySet().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.getKey(),
                    () -> {
                      assertThat(PolicyCheck.check(Policies.spec(entry.getValue().one())))
                          .isEmpty();
                      assertThat(PolicyCheck.check(Policies.spec(entry.getValue().other())))
                          .isEmpty();
                      assertThat(hashes(entry.getValue().one()))
                          .isNotEqualTo(hashes(entry.getValue().other()));
                    }));
  }

  private static String hashes(String yaml) {
    return Generation.hash(Policies.compile(Family.IPV4, NodeFacts.standAlone(), yaml))
        + Generation.hash(Policies.compile(Family.IPV6, NodeFacts.standAlone(), yaml));
  }

  @TestFactory
  Stream<DynamicTest> a_field_on_the_list_is_refused_by_name() {
    var values =
        Map.ofEntries(
            Map.entry("spec.enforcement", "enforcement: Audit"),
            Map.entry("spec.trustNodes", "trustNodes: false"),
            Map.entry("spec.logging", "logging: {perMinute: 1}"),
            Map.entry("spec.egress", "egress: [{name: a, action: Deny}]"),
            Map.entry("spec.forward", "forward: [{name: a, action: Deny}]"),
            Map.entry("spec.defaultActions.egress", "defaultActions: {egress: Deny}"),
            Map.entry("spec.protections.reversePath", "protections: {reversePath: Strict}"),
            Map.entry("spec.ingress[].to", rule("to: [{networks: [10.0.0.0/8]}]")),
            Map.entry("spec.ingress[].logging", rule("logging: {perMinute: 1}")),
            Map.entry("spec.ingress[].from[].nodes", rule("from: [{nodes: {}}]")));
    assertThat(values.keySet()).isEqualTo(NotYet.fields());
    return values.entrySet().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.getKey(),
                    () ->
                        assertThat(
                                PolicyCheck.check(
                                    Policies.spec("nodeSelector: {}\n" + entry.getValue() + "\n")))
                            .singleElement()
                            .satisfies(
                                problem -> {
                                  assertThat(problem.field().replace("[0]", "[]"))
                                      .isEqualTo(entry.getKey());
                                  assertThat(problem.message())
                                      .contains("not carried out by this version");
                                })));
  }

  private static String rule(String field) {
    return "ingress: [{name: r, action: Accept, %s}]".formatted(field);
  }
}
