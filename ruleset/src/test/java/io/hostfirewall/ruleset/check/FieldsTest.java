package io.hostfirewall.ruleset.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.hostfirewall.ruleset.Policies;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.merge.Direction;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.render.Generation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
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

  /** A field that rules of every direction have. */
  private static void rule(String path, String one, String other) {
    for (var direction : Direction.values()) {
      rule(direction, path, one, other);
    }
  }

  /** A field of rules that are about who comes in. */
  private static void source(String path, String one, String other) {
    rule(Direction.INGRESS, path, one, other);
    rule(Direction.FORWARD, path, one, other);
  }

  /** A selector of nodes among the peers of a rule. */
  private static void nodes(Direction direction, String peers) {
    var labels = peers + ": [{nodes: {matchLabels: {%s: %s}}}]";
    rule(
        direction,
        peers + "[].nodes.matchLabels",
        labels.formatted("a", "b"),
        labels.formatted("a", "c"));
    var expression =
        peers + ": [{nodes: {matchExpressions: [{key: %s, operator: %s, values: [%s]}]}}]";
    var path = peers + "[].nodes.matchExpressions[].";
    var one = expression.formatted("a", "In", "b");
    rule(direction, path + "key", one, expression.formatted("c", "In", "b"));
    rule(direction, path + "operator", one, expression.formatted("a", "NotIn", "b"));
    rule(direction, path + "values[]", one, expression.formatted("a", "In", "c"));
  }

  private static void rule(Direction direction, String path, String one, String other) {
    var rule = direction.list() + ": [{name: r, action: Accept, %s}]\n";
    field("spec." + direction.list() + "[]." + path, rule.formatted(one), rule.formatted(other));
  }

  static {
    field("spec.enforcement", "", "enforcement: Audit\n");
    field("spec.defaultActions.ingress", "", "defaultActions: {ingress: Accept}\n");
    field("spec.trustNodes", "", "trustNodes: false\n");
    field("spec.logging.perMinute", "logging: {perMinute: 1}\n", "logging: {perMinute: 2}\n");
    field("spec.defaultActions.forward", "", "defaultActions: {forward: Reject}\n");
    field("spec.defaultActions.egress", "", "defaultActions: {egress: Deny}\n");
    field(
        "spec.protections.reversePath",
        "protections: {reversePath: Loose}\n",
        "protections: {reversePath: Strict}\n");
    for (var name : Set.of("spoofedSource", "bogusTcpFlags", "newNotSyn", "invalidState")) {
      field("spec.protections." + name, "", "protections: {%s: Disabled}\n".formatted(name));
    }
    for (var direction : Direction.values()) {
      var list = direction.list() + ": [{name: %s, action: %s}]\n";
      var path = "spec." + direction.list() + "[].";
      field(path + "name", list.formatted("a", "Accept"), list.formatted("b", "Accept"));
      field(path + "action", list.formatted("a", "Accept"), list.formatted("a", "Deny"));
    }
    rule("to[].networks[]", "to: [{networks: [10.0.0.0/8]}]", "to: [{networks: [10.0.0.0/9]}]");
    rule(
        "to[].except[]",
        "to: [{networks: [10.0.0.0/8]}]",
        "to: [{networks: [10.0.0.0/8], except: [10.1.0.0/16]}]");
    source(
        "from[].networks[]",
        "from: [{networks: [10.0.0.0/8]}]",
        "from: [{networks: [10.0.0.0/9]}]");
    source(
        "from[].except[]",
        "from: [{networks: [10.0.0.0/8]}]",
        "from: [{networks: [10.0.0.0/8], except: [10.1.0.0/16]}]");
    source("from[].addressSet", "from: [{addressSet: a}]", "from: [{addressSet: b}]");
    for (var direction : List.of(Direction.INGRESS, Direction.FORWARD)) {
      nodes(direction, "from");
    }
    for (var direction : List.of(Direction.FORWARD, Direction.EGRESS)) {
      rule(direction, "to[].addressSet", "to: [{addressSet: a}]", "to: [{addressSet: b}]");
      nodes(direction, "to");
    }
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
    source("rateLimit.limit", limit.formatted(""), "rateLimit: {limit: 2, unit: Minute, burst: 2}");
    source("rateLimit.unit", limit.formatted(""), "rateLimit: {limit: 1, unit: Hour, burst: 2}");
    source("rateLimit.burst", limit.formatted(""), "rateLimit: {limit: 1, unit: Minute, burst: 3}");
    source("rateLimit.exceeded", limit.formatted(""), limit.formatted(", exceeded: Reject"));
    source(
        "rateLimit.sourcePrefixLength.ipv4",
        limit.formatted(""),
        limit.formatted(", sourcePrefixLength: {ipv4: 24}"));
    source(
        "rateLimit.sourcePrefixLength.ipv6",
        limit.formatted(""),
        limit.formatted(", sourcePrefixLength: {ipv6: 56}"));
    var ofNode = "rateLimit: {per: Node, limit: %s, unit: %s, burst: %s%s}";
    var usual = ofNode.formatted("1", "Minute", "2", "");
    rule(Direction.EGRESS, "rateLimit.limit", usual, ofNode.formatted("2", "Minute", "2", ""));
    rule(Direction.EGRESS, "rateLimit.unit", usual, ofNode.formatted("1", "Hour", "2", ""));
    rule(Direction.EGRESS, "rateLimit.burst", usual, ofNode.formatted("1", "Minute", "3", ""));
    rule(
        Direction.EGRESS,
        "rateLimit.exceeded",
        usual,
        ofNode.formatted("1", "Minute", "2", ", exceeded: Reject"));
    source("rateLimit.per", limit.formatted(""), limit.formatted(", per: Node"));
    source(
        "connectionLimit.perSource",
        "connectionLimit: {perSource: 1}",
        "connectionLimit: {perSource: 2}");
    rule("logging.perMinute", "logging: {perMinute: 1}", "logging: {perMinute: 2}");
    rule("protocols[]", "protocols: [4]", "protocols: [50]");
    rule("interfaces[]", "interfaces: [eth0]", "interfaces: [eth*]");
  }

  /**
   * Carried out beside the rule set: by the operator's selection, by the order of merging
   * (PolicyMergeTest), and by the agent's proof (WayInTest).
   */
  private static final Set<String> BESIDE_THE_RULES =
      Set.of("spec.priority", "spec.nodeSelector", "spec.acknowledgeLockout");

  /** Fields of the schema that make no sense where they stand, each as a rule. */
  private static final Map<String, String> SENSELESS =
      Map.of(
          "spec.ingress[].to[].addressSet",
              "ingress: [{name: r, action: Accept, to: [{addressSet: a}]}]",
          "spec.ingress[].to[].nodes", "ingress: [{name: r, action: Accept, to: [{nodes: {}}]}]",
          "spec.egress[].from",
              "egress: [{name: r, action: Accept, from: [{networks: [10.0.0.0/8]}]}]",
          "spec.egress[].rateLimit.per",
              "egress: [{name: r, action: Accept, rateLimit: {limit: 1, unit: Minute, burst: 1}}]",
          "spec.egress[].rateLimit.sourcePrefixLength",
              "egress: [{name: r, action: Accept, rateLimit: {limit: 1, unit: Minute, burst: 1, per: Node, sourcePrefixLength: {ipv4: 24}}}]",
          "spec.egress[].connectionLimit",
              "egress: [{name: r, action: Accept, connectionLimit: {perSource: 1}}]");

  private static Set<String> schemaFields() throws IOException {
    var crd = new ObjectMapper(new YAMLFactory()).readTree(CRD.toFile());
    var spec = crd.at("/spec/versions/0/schema/openAPIV3Schema/properties/spec");
    var fields = new TreeSet<String>();
    collect("spec", spec, fields);
    return fields;
  }

  private static void collect(String path, JsonNode schema, Set<String> fields) {
    if (BESIDE_THE_RULES.contains(path) || SENSELESS.containsKey(path)) {
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
    known.addAll(BESIDE_THE_RULES);
    known.addAll(SENSELESS.keySet());

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
    return Stream.of(NodeFacts.standAlone(), Policies.worker())
        .flatMap(facts -> Stream.of(Family.values()).map(f -> Policies.compile(f, facts, yaml)))
        .map(Generation::hash)
        .collect(Collectors.joining());
  }

  @TestFactory
  Stream<DynamicTest> a_field_that_makes_no_sense_where_it_stands_is_refused() {
    return SENSELESS.entrySet().stream()
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
                                problem ->
                                    assertThat(entry.getKey())
                                        .startsWith(problem.field().replace("[0]", "[]")))));
  }
}
