package io.hostfirewall.operator.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.api.v1alpha1.FailedNode;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicy;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicyStatus;
import io.hostfirewall.api.v1alpha1.HostFirewallRevision;
import io.hostfirewall.operator.Samples;
import io.hostfirewall.operator.policy.NodeProgress.Phase;
import io.hostfirewall.operator.select.PolicyVerdict;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What Flux, Argo CD and kubectl wait for read in each phase of a policy's life. */
class KstatusTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  private HostFirewallPolicy policy = Samples.validPolicy("web", 1, "web");

  @Test
  void just_created_is_in_progress() {
    // What the schema puts there before the operator has looked.
    policy.setStatus(new HostFirewallPolicyStatus(-1L, null, null, null, null));

    assertThat(kstatus(policy)).isEqualTo("InProgress");
  }

  @Test
  void accepted_and_rolling_out_is_in_progress() {
    assertThat(after(Phase.PENDING, Phase.PENDING)).isEqualTo("InProgress");
    assertThat(after(Phase.APPLIED, Phase.PENDING)).isEqualTo("InProgress");
  }

  @Test
  void applied_everywhere_is_current() {
    assertThat(after(Phase.APPLIED, Phase.APPLIED)).isEqualTo("Current");
  }

  @Test
  void edited_is_in_progress_before_and_after_the_operator_has_looked_until_it_is_applied() {
    after(Phase.APPLIED);
    var status = policy.getStatus();
    policy = Samples.validPolicy("web", 2, "web");
    policy.setStatus(status);
    assertThat(kstatus(policy)).isEqualTo("InProgress");

    assertThat(after(Phase.PENDING)).isEqualTo("InProgress");
    assertThat(after(Phase.APPLIED)).isEqualTo("Current");
  }

  @Test
  void invalid_has_failed_whether_or_not_an_older_spec_stays_enforced() {
    var before = policy;
    policy = Samples.invalidPolicy("web", 2, "web");
    assertThat(after(Phase.APPLIED)).isEqualTo("Failed");

    var verdict = PolicyVerdict.of(policy, List.of(Samples.revision("hfr-1", before)), Set.of());
    policy.setStatus(
        PolicyStatuses.of(policy, verdict, nodes(Phase.APPLIED), Optional.empty(), NOON));
    assertThat(kstatus(policy)).isEqualTo("Failed");
  }

  @Test
  void a_policy_that_selects_no_node_has_failed() {
    assertThat(after()).isEqualTo("Failed");
  }

  @Test
  void rolled_back_on_a_node_has_failed_once_the_others_are_done() {
    assertThat(after(Phase.FAILED, Phase.PENDING)).isEqualTo("InProgress");
    assertThat(after(Phase.FAILED, Phase.APPLIED)).isEqualTo("Failed");
    assertThat(after(Phase.FAILED, Phase.UNKNOWN)).isEqualTo("Failed");
  }

  @Test
  void stopped_after_the_first_node_has_failed_at_once() {
    assertThat(after(Phase.FAILED, Phase.STOPPED, Phase.STOPPED)).isEqualTo("Failed");
    assertThat(after(Phase.STOPPED)).isEqualTo("Failed");
    assertThat(after(Phase.PENDING, Phase.STOPPED)).isEqualTo("InProgress");
  }

  @Test
  void a_node_that_nobody_hears_of_does_not_hold_the_others() {
    assertThat(after(Phase.APPLIED, Phase.UNKNOWN)).isEqualTo("Current");
  }

  @Test
  void when_nobody_was_ever_heard_of_it_is_in_progress() {
    assertThat(after(Phase.UNKNOWN, Phase.UNKNOWN)).isEqualTo("InProgress");
  }

  @Test
  void nodes_that_come_and_agents_that_go_do_not_take_current_away() {
    after(Phase.APPLIED);

    assertThat(after(Phase.APPLIED, Phase.PENDING)).isEqualTo("Current");
    assertThat(after(Phase.UNKNOWN)).isEqualTo("Current");
  }

  @Test
  void mended_after_a_failure_is_current_again() {
    assertThat(after(Phase.FAILED)).isEqualTo("Failed");
    assertThat(after(Phase.PENDING)).isEqualTo("InProgress");
    assertThat(after(Phase.APPLIED)).isEqualTo("Current");
  }

  @Test
  void deleted_is_terminating_until_it_is_gone() {
    after(Phase.APPLIED);
    policy.getMetadata().setDeletionTimestamp("2026-01-01T12:00:00Z");

    assertThat(kstatus(policy)).isEqualTo("Terminating");
  }

  /** What is read once the operator has looked at nodes that are so far. */
  private String after(Phase... phases) {
    var verdict = PolicyVerdict.of(policy, List.<HostFirewallRevision>of(), Set.of());
    policy.setStatus(PolicyStatuses.of(policy, verdict, nodes(phases), Optional.empty(), NOON));
    return kstatus(policy);
  }

  /** The order of questions is that of kstatus (cli-utils, pkg/kstatus/README.md). */
  private static String kstatus(HostFirewallPolicy policy) {
    if (policy.getMetadata().getDeletionTimestamp() != null) {
      return "Terminating";
    }
    var status = policy.getStatus();
    if (status == null) {
      return "Current";
    }
    if (!Objects.equals(status.observedGeneration(), policy.getMetadata().getGeneration())) {
      return "InProgress";
    }
    if (has(status, "Reconciling", "True")) {
      return "InProgress";
    }
    if (has(status, "Stalled", "True")) {
      return "Failed";
    }
    return has(status, "Ready", "True") ? "Current" : "InProgress";
  }

  private static boolean has(HostFirewallPolicyStatus status, String type, String value) {
    return status.conditions().stream()
        .anyMatch(c -> c.getType().equals(type) && c.getStatus().equals(value));
  }

  private static NodeTally nodes(Phase... phases) {
    return NodeTally.of(List.of(phases).stream().map(KstatusTest::progress).toList());
  }

  private static NodeProgress progress(Phase phase) {
    var failed = phase == Phase.FAILED || phase == Phase.STOPPED;
    var failure = failed ? new FailedNode("n1", "RolledBack", "no") : null;
    return new NodeProgress(phase, true, "hfr-1", failure);
  }
}
