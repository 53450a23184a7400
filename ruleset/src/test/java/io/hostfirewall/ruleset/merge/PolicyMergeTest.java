package io.hostfirewall.ruleset.merge;

import static io.hostfirewall.ruleset.Policies.policy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.hostfirewall.api.v1alpha1.Action;
import io.hostfirewall.api.v1alpha1.ProtectionMode;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.model.Origin;
import java.util.List;
import org.junit.jupiter.api.Test;

class PolicyMergeTest {

  private static RevisionPolicy withRule(String name, int priority) {
    return policy(
        name,
        "nodeSelector: {}\npriority: %d\ningress: [{name: r, action: Accept}]\n"
            .formatted(priority));
  }

  private static List<String> order(RevisionPolicy... policies) {
    return PolicyMerge.merge(List.of(policies)).ingress().stream()
        .map(EffectiveRule::policy)
        .toList();
  }

  @Test
  void a_lower_priority_is_evaluated_first() {
    assertThat(order(withRule("a", 900), withRule("b", 100))).containsExactly("b", "a");
  }

  @Test
  void ties_go_by_name() {
    assertThat(order(withRule("b", 500), withRule("a", 500))).containsExactly("a", "b");
  }

  @Test
  void no_priority_is_500() {
    var none = policy("m", "nodeSelector: {}\ningress: [{name: r, action: Accept}]\n");
    assertThat(order(withRule("z", 499), none, withRule("a", 501))).containsExactly("z", "m", "a");
  }

  @Test
  void the_first_policy_that_sets_a_field_decides_it() {
    var merged =
        PolicyMerge.merge(
            List.of(
                policy(
                    "late", "nodeSelector: {}\npriority: 900\ndefaultActions: {ingress: Accept}\n"),
                policy(
                    "early", "nodeSelector: {}\npriority: 1\nprotections: {newNotSyn: Disabled}\n"),
                policy("middle", "nodeSelector: {}\ndefaultActions: {ingress: Reject}\n")));

    assertThat(merged.ingressDefault())
        .isEqualTo(
            new Decided<>(
                Action.REJECT, new Origin.PolicyField("middle", "defaultActions.ingress")));
    assertThat(merged.newNotSyn().value()).isEqualTo(ProtectionMode.DISABLED);
  }

  @Test
  void what_nobody_sets_denies_and_protects() {
    var merged = PolicyMerge.merge(List.of(policy("p", "nodeSelector: {}\n")));

    assertThat(merged.ingressDefault().value()).isEqualTo(Action.DENY);
    assertThat(merged.forwardDefault().value()).isEqualTo(Action.DENY);
    assertThat(merged.spoofedSource().value()).isEqualTo(ProtectionMode.DROP);
    assertThat(merged.invalidState().origin())
        .isEqualTo(new Origin.Default("protections.invalidState"));
  }

  @Test
  void an_audited_policy_takes_part_in_nothing_but_the_audit() {
    var audited =
        policy(
            "audited",
            """
            nodeSelector: {}
            enforcement: Audit
            priority: 1
            acknowledgeLockout: true
            ingress: [{name: r, action: Deny}]
            """);
    var merged = PolicyMerge.merge(List.of(withRule("enforced", 500), audited));

    assertThat(merged.ingress()).extracting(EffectiveRule::policy).containsExactly("enforced");
    assertThat(merged.lockoutAcknowledged()).isFalse();
    assertThat(merged.audit().orElseThrow().ingress())
        .extracting(EffectiveRule::policy)
        .containsExactly("audited", "enforced");
    assertThat(merged.audit().orElseThrow().ingressDefault().value()).isEqualTo(Action.DENY);
  }

  @Test
  void where_all_are_audited_nothing_is_enforced() {
    var merged = PolicyMerge.merge(List.of(policy("p", "nodeSelector: {}\nenforcement: Audit\n")));

    assertThat(merged.ingressDefault().value()).isEqualTo(Action.ACCEPT);
    assertThat(merged.forwardDefault().value()).isEqualTo(Action.ACCEPT);
    assertThat(merged.invalidState().value()).isEqualTo(ProtectionMode.DISABLED);
    assertThat(merged.spoofedSource().value()).isEqualTo(ProtectionMode.DISABLED);
    assertThat(merged.audit().orElseThrow().ingressDefault().origin())
        .isEqualTo(new Origin.Default("defaultActions.ingress"));
    assertThat(PolicyMerge.merge(List.of(withRule("e", 1))).audit()).isEmpty();
  }

  @Test
  void nothing_cannot_be_merged() {
    assertThatIllegalArgumentException().isThrownBy(() -> PolicyMerge.merge(List.of()));
  }

  @Test
  void equal_content_has_an_equal_name_in_whatever_order_it_came() {
    var one = RevisionContent.of(List.of(withRule("a", 1), withRule("b", 2)));
    var other = RevisionContent.of(List.of(withRule("b", 2), withRule("a", 1)));

    assertThat(RevisionContent.name(one))
        .isEqualTo(RevisionContent.name(other))
        .matches("hfr-[0-9a-f]{12}");
    assertThat(
            RevisionContent.name(RevisionContent.of(List.of(withRule("a", 2), withRule("b", 2)))))
        .isNotEqualTo(RevisionContent.name(one));
  }
}
