package io.hostfirewall.operator.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.api.model.Condition;
import io.hostfirewall.api.v1alpha1.FailedNode;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicy;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicyStatus;
import io.hostfirewall.api.v1alpha1.HostFirewallRevision;
import io.hostfirewall.operator.Samples;
import io.hostfirewall.operator.address.StrangerPod;
import io.hostfirewall.operator.policy.NodeProgress.Phase;
import io.hostfirewall.operator.select.PolicyVerdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PolicyStatusesTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Instant LATER = Instant.parse("2026-01-01T12:30:00Z");

  private final HostFirewallPolicy policy = Samples.validPolicy("web", 2, "web");

  @Test
  void all_applied_is_programmed_and_ready() {
    var status = status(nodes(Phase.APPLIED, Phase.APPLIED), NOON);

    assertThat(summary(status))
        .containsExactly(
            "Accepted=True/Accepted",
            "Programmed=True/Programmed",
            "Ready=True/Ready",
            "Reconciling=False/AsExpected",
            "Stalled=False/AsExpected");
    assertThat(status.observedGeneration()).isEqualTo(2);
    assertThat(status.nodes().applied()).isEqualTo(2);
    assertThat(status.failedNodes()).isNull();
  }

  @Test
  void a_policy_that_is_only_audited_never_claims_to_be_enforced() {
    var audited = Samples.auditedPolicy("web", 2, "web");
    var status =
        PolicyStatuses.of(
            audited,
            PolicyVerdict.of(audited, List.of(), Set.of()),
            nodes(Phase.APPLIED, Phase.PENDING),
            Optional.empty(),
            NOON);

    assertThat(summary(status)).contains("Audited=True/NothingEnforced");
    assertThat(status.conditions())
        .extracting(Condition::getMessage)
        .contains("audited, with nothing dropped, on 1 of 2 nodes, 1 pending")
        .noneMatch(message -> message.contains("enforced"));
    assertThat(summary(status(nodes(Phase.APPLIED), NOON)))
        .noneMatch(condition -> condition.startsWith("Audited"));
  }

  @Test
  void a_pending_node_is_under_way() {
    assertThat(summary(status(nodes(Phase.APPLIED, Phase.PENDING), NOON)))
        .contains("Programmed=False/Pending", "Ready=False/Pending", "Reconciling=True/Pending");
  }

  @Test
  void a_node_that_joins_does_not_take_ready_away() {
    policy.setStatus(status(nodes(Phase.APPLIED), NOON));

    assertThat(summary(status(nodes(Phase.APPLIED, Phase.PENDING), LATER)))
        .contains("Programmed=False/Pending", "Ready=True/Ready", "Reconciling=False/AsExpected");
  }

  @Test
  void a_new_generation_must_become_ready_anew() {
    policy.setStatus(status(nodes(Phase.APPLIED), NOON));
    policy.getMetadata().setGeneration(3L);

    assertThat(summary(status(nodes(Phase.APPLIED, Phase.PENDING), LATER)))
        .contains("Ready=False/Pending", "Reconciling=True/Pending");
  }

  @Test
  void a_failed_node_stalls_once_nothing_is_under_way() {
    assertThat(summary(status(nodes(Phase.FAILED, Phase.PENDING), NOON)))
        .contains("Ready=False/PartiallyProgrammed", "Reconciling=True/PartiallyProgrammed");
    assertThat(summary(status(nodes(Phase.FAILED, Phase.APPLIED), NOON)))
        .contains("Ready=False/PartiallyProgrammed", "Stalled=True/PartiallyProgrammed");
  }

  @Test
  void a_rollout_that_stopped_names_the_node_and_why() {
    var status = status(nodes(Phase.FAILED, Phase.STOPPED, Phase.STOPPED), NOON);

    assertThat(summary(status))
        .contains(
            "Programmed=False/RolloutStopped",
            "Ready=False/RolloutStopped",
            "Reconciling=False/AsExpected",
            "Stalled=True/RolloutStopped");
    assertThat(status.conditions().get(1).getMessage())
        .isEqualTo(
            "enforced on 0 of 3 nodes, 1 failed, 2 pending. The first node, n1, could not enforce"
                + " it (Failed: no). The others keep what they have");
    assertThat(status.nodes().pending()).isEqualTo(2);
    assertThat(status.failedNodes()).hasSize(1);
  }

  @Test
  void what_passes_by_the_rules_of_a_node_holds_programmed_but_not_ready() {
    var limited =
        new NodeProgress(
            Phase.APPLIED, true, "hfr-1", new FailedNode("n1", "NotEnforceable", "no NodePorts"));

    var status = status(NodeTally.of(List.of(limited, progress(Phase.APPLIED))), NOON);

    assertThat(summary(status)).contains("Programmed=False/NotEnforceable", "Ready=True/Ready");
    assertThat(status.conditions().get(1).getMessage())
        .isEqualTo("enforced on 2 of 2 nodes. n1: no NodePorts");
    assertThat(status.failedNodes()).isNull();
  }

  @Test
  void a_node_that_lacks_what_is_needed_is_named() {
    var unable =
        new NodeProgress(
            Phase.FAILED, true, "hfr-1", new FailedNode("n1", "NotEnforceable", "no rateLimit"));

    var status = status(NodeTally.of(List.of(unable, progress(Phase.APPLIED))), NOON);

    assertThat(summary(status))
        .contains("Programmed=False/NotEnforceable", "Stalled=True/NotEnforceable");
    assertThat(status.conditions().get(1).getMessage())
        .isEqualTo("enforced on 1 of 2 nodes, 1 failed. n1: no rateLimit");
    assertThat(summary(status(NodeTally.of(List.of(unable, progress(Phase.FAILED))), NOON)))
        .contains("Programmed=False/PartiallyProgrammed");
  }

  @Test
  void an_unknown_node_holds_programmed_but_not_ready() {
    assertThat(summary(status(nodes(Phase.APPLIED, Phase.UNKNOWN), NOON)))
        .contains("Programmed=False/PartiallyProgrammed", "Ready=True/Ready");
  }

  @Test
  void nothing_but_unknown_nodes_is_not_ready() {
    assertThat(summary(status(nodes(Phase.UNKNOWN), NOON)))
        .contains("Ready=False/NodesUnknown", "Reconciling=True/NodesUnknown");
  }

  @Test
  void a_policy_that_was_ready_stays_so_while_all_agents_are_away() {
    policy.setStatus(status(nodes(Phase.APPLIED), NOON));

    assertThat(summary(status(nodes(Phase.UNKNOWN), LATER)))
        .contains(
            "Programmed=False/NodesUnknown", "Ready=True/Ready", "Reconciling=False/AsExpected");
  }

  @Test
  void a_pod_outside_all_known_networks_is_told_on_every_policy() {
    var stranger = new StrangerPod("shop", "cart-1", "n1", "192.0.2.7");
    var verdict = PolicyVerdict.of(policy, List.<HostFirewallRevision>of(), Set.of());

    var status =
        PolicyStatuses.of(policy, verdict, nodes(Phase.APPLIED), Optional.of(stranger), NOON);

    assertThat(summary(status))
        .contains("Ready=True/Ready", "PodNetworksUnknown=True/PodAddressOutside");
    assertThat(status.conditions().getLast().getMessage())
        .contains("shop/cart-1", "192.0.2.7", "cluster.podCIDRs");
  }

  @Test
  void a_policy_that_selects_nobody_says_so_loudly() {
    assertThat(summary(status(nodes(), NOON)))
        .contains(
            "Accepted=True/Accepted",
            "Programmed=False/NoNodesSelected",
            "Ready=False/NoNodesSelected",
            "Stalled=True/NoNodesSelected");
  }

  @Test
  void a_refused_policy_names_the_field_and_what_stays_enforced() {
    var invalid = Samples.invalidPolicy("web", 3, "web");
    var verdict = PolicyVerdict.of(invalid, List.of(Samples.revision("hfr-1", policy)), Set.of());

    var status = PolicyStatuses.of(invalid, verdict, nodes(Phase.APPLIED), Optional.empty(), NOON);

    assertThat(summary(status))
        .containsExactly(
            "Accepted=False/Invalid",
            "Programmed=False/Invalid",
            "Ready=False/Invalid",
            "Reconciling=False/AsExpected",
            "Stalled=True/Invalid");
    assertThat(status.conditions().getFirst().getMessage())
        .contains("spec.ingress[0].rateLimit.limit")
        .endsWith("Generation 2, the last that was accepted, stays enforced.");
  }

  @Test
  void a_revision_that_is_too_large_stalls() {
    var progress =
        new NodeProgress(Phase.FAILED, false, "", new FailedNode("n1", "TooLarge", "too much"));

    assertThat(summary(status(NodeTally.of(List.of(progress)), NOON)))
        .contains("Programmed=False/TooLarge", "Stalled=True/TooLarge");
  }

  @Test
  void reconciling_and_stalled_are_never_true_together() {
    var phases = Phase.values();
    IntStream.range(0, 1 << phases.length)
        .mapToObj(
            mask ->
                IntStream.range(0, phases.length)
                    .filter(i -> (mask & (1 << i)) != 0)
                    .mapToObj(i -> phases[i])
                    .toArray(Phase[]::new))
        .forEach(
            some -> {
              var summary = summary(status(nodes(some), NOON));
              assertThat(
                      summary.stream()
                          .filter(c -> c.matches("(Reconciling|Stalled)=True.*"))
                          .count())
                  .as("%s", List.of(some))
                  .isLessThanOrEqualTo(1);
            });
  }

  @Test
  void a_transition_time_is_that_of_the_last_change_of_status() {
    policy.setStatus(status(nodes(Phase.APPLIED, Phase.PENDING), NOON));

    var status = status(nodes(Phase.APPLIED, Phase.APPLIED), LATER);

    assertThat(status.conditions())
        .extracting(Condition::getType, Condition::getLastTransitionTime)
        .contains(
            tuple("Accepted", "2026-01-01T12:00:00Z"),
            tuple("Ready", "2026-01-01T12:30:00Z"),
            tuple("Stalled", "2026-01-01T12:00:00Z"));
  }

  @Test
  void a_status_that_would_say_the_same_is_equal() {
    policy.setStatus(status(nodes(Phase.APPLIED, Phase.FAILED), NOON));

    assertThat(status(nodes(Phase.APPLIED, Phase.FAILED), LATER)).isEqualTo(policy.getStatus());
  }

  @Test
  void failed_nodes_are_ten_at_most_and_in_order() {
    var failed =
        new ArrayList<>(
            IntStream.range(10, 40)
                .mapToObj(
                    i ->
                        new NodeProgress(
                            Phase.FAILED, true, "hfr-1", new FailedNode("n" + i, "Failed", "")))
                .toList());
    Collections.reverse(failed);

    var tally = NodeTally.of(failed);

    assertThat(tally.counts().failed()).isEqualTo(30);
    assertThat(tally.failedNodes())
        .extracting(FailedNode::name)
        .containsExactly("n10", "n11", "n12", "n13", "n14", "n15", "n16", "n17", "n18", "n19");
  }

  @Test
  void the_revision_is_told_when_all_nodes_share_it() {
    var other = new NodeProgress(Phase.APPLIED, true, "hfr-2", null);

    assertThat(nodes(Phase.APPLIED, Phase.PENDING).revision()).isEqualTo("hfr-1");
    assertThat(NodeTally.of(List.of(progress(Phase.APPLIED), other)).revision()).isNull();
    assertThat(nodes().revision()).isNull();
  }

  private HostFirewallPolicyStatus status(NodeTally nodes, Instant now) {
    var verdict = PolicyVerdict.of(policy, List.<HostFirewallRevision>of(), Set.of());
    return PolicyStatuses.of(policy, verdict, nodes, Optional.empty(), now);
  }

  private static NodeTally nodes(Phase... phases) {
    return NodeTally.of(List.of(phases).stream().map(PolicyStatusesTest::progress).toList());
  }

  private static NodeProgress progress(Phase phase) {
    var failed = phase == Phase.FAILED || phase == Phase.STOPPED;
    var failure = failed ? new FailedNode("n1", "Failed", "no") : null;
    return new NodeProgress(phase, true, "hfr-1", failure);
  }

  private static List<String> summary(HostFirewallPolicyStatus status) {
    return status.conditions().stream()
        .map(c -> "%s=%s/%s".formatted(c.getType(), c.getStatus(), c.getReason()))
        .toList();
  }
}
