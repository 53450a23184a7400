package io.hostfirewall.e2e.walk;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import io.hostfirewall.ruleset.check.PolicyCheck;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.Verdict;
import io.hostfirewall.ruleset.walk.Outcome;
import io.hostfirewall.ruleset.walk.Step;
import io.hostfirewall.ruleset.walk.Walk;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each field of a policy decides about packets: one passes and another one does not, on both back
 * ends and in both families, and without the field, or with another value, that is not so.
 */
class EachFieldKernelIT {

  private static final String KERNEL = "io.hostfirewall.e2e.kernel.";
  private static final String CLUSTER = "io.hostfirewall.e2e.cluster.";

  /** Fields that say something else than which packet passes, each with a test of what they say. */
  private static final Map<String, String> ELSEWHERE =
      Map.ofEntries(
          Map.entry(
              "spec.nodeSelector.",
              CLUSTER + "PolicyClusterIT#a_relabelled_node_is_selected_and_released_again"),
          Map.entry(
              "spec.acknowledgeLockout",
              KERNEL + "LockoutKernelIT#a_lockout_that_a_policy_acknowledges_is_enforced"),
          Map.entry(
              "spec.*[].name",
              KERNEL
                  + "FieldsKernelIT#what_a_rule_decides_is_logged_with_its_name_and_no_more_than_asked_for"),
          Map.entry(
              "spec.*[].rateLimit.limit",
              KERNEL
                  + "LimitsKernelIT#a_source_that_keeps_trying_is_let_in_at_the_rate_and_no_faster"),
          Map.entry(
              "spec.*[].rateLimit.unit",
              KERNEL
                  + "LimitsKernelIT#a_source_that_keeps_trying_is_let_in_at_the_rate_and_no_faster"));

  /** Fields that every value of is refused where they stand; CrdClusterIT refuses them. */
  private static final Set<String> REFUSED =
      Set.of(
          "spec.ingress[].to[].addressSet",
          "spec.ingress[].to[].nodes.",
          "spec.egress[].from[].",
          "spec.egress[].connectionLimit.",
          "spec.egress[].rateLimit.sourcePrefixLength.");

  private static Kernels kernels;

  @BeforeAll
  static void make() {
    kernels = new Kernels();
  }

  @AfterAll
  static void destroy() {
    kernels.close();
  }

  static Stream<FieldCase> fields() {
    return Stream.concat(PolicyFieldCases.all(), RuleFieldCases.all());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("fields")
  void a_field_lets_one_packet_pass_and_another_one_not(FieldCase field) {
    assertThat(field.expected()).anyMatch(EachFieldKernelIT::passes);
    assertThat(field.expected()).anyMatch(word -> !passes(word));
    for (var family : field.families()) {
      assertThat(verdicts(field.with(), field, family)).isEqualTo(field.expected());
      assertThat(verdicts(field.without(), field, family)).isNotEqualTo(field.expected());
    }
    assertThat(kernels.differences(field.asCase(field.with()))).isEmpty();
  }

  private static List<String> verdicts(
      List<HostFirewallPolicySpec> policies, FieldCase field, Family family) {
    var any = field.asCase(policies);
    return Walks.of(any, any.rules(family, 0), "nft").packets().stream()
        .map(packet -> word(packet.walk()))
        .toList();
  }

  private static boolean passes(String word) {
    return word.startsWith("passes");
  }

  private static String word(Walk walk) {
    var word =
        switch (walk.outcome()) {
          case Outcome.Passes _ -> "passes";
          case Outcome.Dropped _ -> "is dropped";
          case Outcome.Rejected _ -> "is rejected";
          case Outcome.Unknown(var words) -> words;
        };
    var logged =
        walk.steps().stream().map(Step::rule).map(Rule::verdict).anyMatch(EachFieldKernelIT::isLog);
    return word + (logged ? FieldCase.LOGGED : "");
  }

  private static boolean isLog(Verdict verdict) {
    return verdict instanceof Verdict.Log || verdict instanceof Verdict.NetlinkLog;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("fields")
  void the_policies_are_accepted_and_differ_in_the_field(FieldCase field) {
    assertThat(field.with()).allSatisfy(p -> assertThat(PolicyCheck.check(p)).isEmpty());
    assertThat(fields(field.with())).contains(field.path());
    assertThat(values(field.with(), field.path()))
        .isNotEqualTo(values(field.without(), field.path()));
  }

  private static Set<String> fields(List<HostFirewallPolicySpec> policies) {
    var fields = new TreeSet<String>();
    policies.forEach(policy -> fields.addAll(Schema.fields(policy)));
    return fields;
  }

  private static List<String> values(List<HostFirewallPolicySpec> policies, String path) {
    return policies.stream()
        .map(policy -> Schema.values(policy, path))
        .map(Object::toString)
        .toList();
  }

  @Test
  void every_field_of_the_schema_is_tried_or_shown_elsewhere() throws IOException {
    var tried = fields().map(FieldCase::path).toList();
    assertThat(Schema.fields())
        .filteredOn(field -> ELSEWHERE.keySet().stream().noneMatch(known -> covers(known, field)))
        .filteredOn(field -> REFUSED.stream().noneMatch(field::startsWith))
        .isNotEmpty()
        .allMatch(tried::contains, "has packets");
  }

  private static boolean covers(String known, String field) {
    var star = known.indexOf('*');
    return star < 0
        ? field.startsWith(known)
        : Stream.of("ingress", "egress", "forward")
            .anyMatch(list -> field.equals(known.replace("*", list)));
  }

  @Test
  void what_is_shown_elsewhere_is_there() {
    assertThat(ELSEWHERE.values()).allMatch(EachFieldKernelIT::exists);
  }

  private static boolean exists(String test) {
    var parts = test.split("#", 2);
    try {
      return Arrays.stream(Class.forName(parts[0]).getDeclaredMethods())
          .anyMatch(method -> method.getName().equals(parts[1]));
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  static HostFirewallPolicySpec policy(String yaml) {
    return Serialization.unmarshal(yaml, HostFirewallPolicySpec.class);
  }
}
