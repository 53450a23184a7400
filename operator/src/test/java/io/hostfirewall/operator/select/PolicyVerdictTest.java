package io.hostfirewall.operator.select;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.api.v1alpha1.HostFirewallPolicy;
import io.hostfirewall.operator.Samples;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PolicyVerdictTest {

  @Test
  void a_valid_policy_is_in_force_as_it_is() {
    var policy = Samples.validPolicy("p", 3, "web");

    var verdict = PolicyVerdict.of(policy, List.of(), Set.of());

    assertThat(verdict.accepted()).isTrue();
    assertThat(verdict.inForce()).isEqualTo(Samples.inRevision(policy));
  }

  @Test
  void a_policy_that_became_invalid_keeps_the_newest_spec_of_any_revision() {
    var first = Samples.validPolicy("p", 1, "db");
    var second = Samples.validPolicy("p", 2, "web");

    var verdict =
        PolicyVerdict.of(
            Samples.invalidPolicy("p", 3, "none"),
            List.of(Samples.revision("hfr-2", second), Samples.revision("hfr-1", first)),
            Set.of());

    assertThat(verdict.accepted()).isFalse();
    assertThat(verdict.inForce()).isEqualTo(Samples.inRevision(second));
    assertThat(verdict.selects(Samples.view("n1", "web"))).isTrue();
    assertThat(verdict.selects(Samples.view("n1", "none"))).isFalse();
  }

  @Test
  void a_policy_that_was_never_valid_is_not_in_force_and_leaves_the_others_alone() {
    var never = Samples.invalidPolicy("never", 1, "web");
    var good = Samples.validPolicy("good", 1, "web");

    assertThat(PolicyVerdict.of(never, List.of(), Set.of()).inForce()).isNull();
    assertThat(PolicyVerdict.inForce(List.of(never, good), List.of(), Set.of()))
        .containsExactly(Samples.inRevision(good));
  }

  private static HostFirewallPolicy toOffice(long generation) {
    return Samples.policy(
        "p", generation, "web", "{name: ssh, action: Accept, from: [{addressSet: office}]}");
  }

  @Test
  void a_policy_that_names_an_unknown_set_is_refused_until_the_set_exists() {
    var policy = toOffice(2);
    var before = Samples.validPolicy("p", 1, "web");

    var verdict =
        PolicyVerdict.of(
            policy, List.of(Samples.revision("hfr-1", before)), Set.of("cluster-nodes", "offices"));

    assertThat(verdict.accepted()).isFalse();
    assertThat(verdict.reason()).isEqualTo("AddressSetNotFound");
    assertThat(verdict.problems())
        .singleElement()
        .asString()
        .startsWith("spec.ingress[0].from[0].addressSet: there is no address set \"office\"");
    assertThat(verdict.inForce()).isEqualTo(Samples.inRevision(before));

    assertThat(PolicyVerdict.of(policy, List.of(), Set.of("office")).inForce())
        .isEqualTo(Samples.inRevision(policy));
  }

  @Test
  void a_policy_whose_set_was_deleted_stays_in_force_as_it_is() {
    var policy = toOffice(2);

    var verdict = PolicyVerdict.of(policy, List.of(Samples.revision("hfr-1", policy)), Set.of());

    assertThat(verdict.accepted()).isFalse();
    assertThat(verdict.inForce()).isEqualTo(Samples.inRevision(policy));
  }

  @Test
  void another_policy_of_the_same_name_is_not_remembered() {
    var deleted = Samples.validPolicy("p", 5, "web");
    deleted.getMetadata().setUid("uid-of-an-earlier-one");

    var verdict =
        PolicyVerdict.of(
            Samples.invalidPolicy("p", 1, "web"),
            List.of(Samples.revision("hfr-1", deleted)),
            Set.of());

    assertThat(verdict.inForce()).isNull();
  }

  @Test
  void a_policy_being_deleted_is_not_in_force() {
    var policy = Samples.validPolicy("p", 1, "web");
    policy.getMetadata().setDeletionTimestamp("2026-01-01T00:00:00Z");

    assertThat(PolicyVerdict.inForce(List.of(policy), List.of(), Set.of())).isEmpty();
  }
}
