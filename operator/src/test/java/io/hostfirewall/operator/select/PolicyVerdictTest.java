package io.hostfirewall.operator.select;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.operator.Samples;
import java.util.List;
import org.junit.jupiter.api.Test;

class PolicyVerdictTest {

  @Test
  void a_valid_policy_is_in_force_as_it_is() {
    var policy = Samples.validPolicy("p", 3, "web");

    var verdict = PolicyVerdict.of(policy, List.of());

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
            List.of(Samples.revision("hfr-2", second), Samples.revision("hfr-1", first)));

    assertThat(verdict.accepted()).isFalse();
    assertThat(verdict.inForce()).isEqualTo(Samples.inRevision(second));
    assertThat(verdict.selects(Samples.view("n1", "web"))).isTrue();
    assertThat(verdict.selects(Samples.view("n1", "none"))).isFalse();
  }

  @Test
  void a_policy_that_was_never_valid_is_not_in_force_and_leaves_the_others_alone() {
    var never = Samples.invalidPolicy("never", 1, "web");
    var good = Samples.validPolicy("good", 1, "web");

    assertThat(PolicyVerdict.of(never, List.of()).inForce()).isNull();
    assertThat(PolicyVerdict.inForce(List.of(never, good), List.of()))
        .containsExactly(Samples.inRevision(good));
  }

  @Test
  void another_policy_of_the_same_name_is_not_remembered() {
    var deleted = Samples.validPolicy("p", 5, "web");
    deleted.getMetadata().setUid("uid-of-an-earlier-one");

    var verdict =
        PolicyVerdict.of(
            Samples.invalidPolicy("p", 1, "web"), List.of(Samples.revision("hfr-1", deleted)));

    assertThat(verdict.inForce()).isNull();
  }

  @Test
  void a_policy_being_deleted_is_not_in_force() {
    var policy = Samples.validPolicy("p", 1, "web");
    policy.getMetadata().setDeletionTimestamp("2026-01-01T00:00:00Z");

    assertThat(PolicyVerdict.inForce(List.of(policy), List.of())).isEmpty();
  }
}
