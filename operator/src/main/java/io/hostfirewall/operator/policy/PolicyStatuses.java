package io.hostfirewall.operator.policy;

import static java.util.stream.Collectors.joining;

import io.fabric8.kubernetes.api.model.Condition;
import io.hostfirewall.api.v1alpha1.Enforcement;
import io.hostfirewall.api.v1alpha1.FailedNode;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicy;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicyStatus;
import io.hostfirewall.api.v1alpha1.NodeCounts;
import io.hostfirewall.operator.address.StrangerPod;
import io.hostfirewall.operator.rollout.Failures;
import io.hostfirewall.operator.select.PolicyVerdict;
import io.hostfirewall.ruleset.check.Problem;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides a policy's status. {@code Ready=False} alone reads as "in progress" to tools that follow
 * kstatus, for ever, so whatever needs the user is also {@code Stalled=True}.
 */
final class PolicyStatuses {

  static final String ACCEPTED = "Accepted";
  static final String PROGRAMMED = "Programmed";
  static final String READY = "Ready";
  static final String RECONCILING = "Reconciling";
  static final String STALLED = "Stalled";
  static final String AUDITED = "Audited";
  static final String POD_NETWORKS_UNKNOWN = "PodNetworksUnknown";

  static final String INVALID = PolicyVerdict.INVALID;
  static final String NO_NODES_SELECTED = "NoNodesSelected";
  private static final String PARTIALLY_PROGRAMMED = "PartiallyProgrammed";
  static final String NOT_ENFORCEABLE = Failures.NOT_ENFORCEABLE;
  static final String ROLLOUT_STOPPED = "RolloutStopped";
  private static final String PENDING = "Pending";
  private static final String NODES_UNKNOWN = "NodesUnknown";
  private static final String AS_EXPECTED = "AsExpected";

  private static final int MAX_PROBLEMS = 5;
  private static final int MAX_MESSAGE = 4096;

  private PolicyStatuses() {}

  /**
   * The status of a policy.
   *
   * @param stranger a pod outside the networks that we know, which concerns every policy
   */
  static HostFirewallPolicyStatus of(
      HostFirewallPolicy policy,
      PolicyVerdict verdict,
      NodeTally nodes,
      Optional<StrangerPod> stranger,
      Instant now) {
    var previous = policy.getStatus();
    var generation = policy.getMetadata().getGeneration();
    var conditions = new Conditions(previous, generation, now);
    var audited = policy.getSpec().enforcement() == Enforcement.AUDIT;
    var done = audited ? "audited, with nothing dropped," : "enforced";
    var standing = standing(verdict, nodes, done, wasReady(previous, generation));
    return new HostFirewallPolicyStatus(
        generation,
        nodes.revision(),
        nodes.counts(),
        nodes.failedNodes().isEmpty() ? null : nodes.failedNodes(),
        Stream.concat(
                Stream.of(
                    accepted(verdict, conditions),
                    conditions.condition(
                        PROGRAMMED,
                        standing.programmed,
                        standing.reason(PROGRAMMED),
                        standing.message),
                    conditions.condition(
                        READY, standing.ready, standing.reason(READY), standing.message),
                    conditions.abnormal(
                        RECONCILING, standing.reconciling, standing.reason, standing.message),
                    conditions.abnormal(
                        STALLED, standing.stalled, standing.reason, standing.message)),
                Stream.concat(
                    audited ? Stream.of(onlyAudited(conditions)) : Stream.of(),
                    stranger.stream()
                        .map(
                            pod ->
                                conditions.condition(
                                    POD_NETWORKS_UNKNOWN,
                                    true,
                                    "PodAddressOutside",
                                    pod.sentence()))))
            .toList());
  }

  private static Condition onlyAudited(Conditions conditions) {
    return conditions.condition(
        AUDITED,
        true,
        "NothingEnforced",
        "its rules count what they would decide, and decide nothing");
  }

  private static Condition accepted(PolicyVerdict verdict, Conditions conditions) {
    return verdict.accepted()
        ? conditions.condition(ACCEPTED, true, ACCEPTED, "")
        : conditions.condition(ACCEPTED, false, verdict.reason(), refusal(verdict));
  }

  /**
   * @param done what is done with the policy on nodes that have it
   */
  private static Standing standing(
      PolicyVerdict verdict, NodeTally nodes, String done, boolean wasReady) {
    var counts = nodes.counts();
    if (!verdict.accepted()) {
      return Standing.stalled(verdict.reason(), refusal(verdict));
    }
    if (counts.selected() == 0) {
      return Standing.stalled(
          NO_NODES_SELECTED, "nodeSelector picks no Linux node: this policy protects nothing");
    }
    if (nodes.tooLarge()) {
      return Standing.stalled(NodeProgress.TOO_LARGE, nodes.failedNodes().getFirst().message());
    }
    if (counts.failed() > 0 || nodes.stop() != null) {
      return stuck(nodes, done);
    }
    if (counts.pending() > 0) {
      // Nodes come and go: one that joins does not take Ready away from those that are protected.
      return wasReady
          ? Standing.ready(PENDING, progress(counts, done))
          : Standing.underWay(PENDING, progress(counts, done));
    }
    if (counts.applied() == 0) {
      // Rules stay when an agent is away: a policy that was ready stays so, one that never was
      // waits.
      return wasReady
          ? Standing.ready(NODES_UNKNOWN, progress(counts, done))
          : Standing.underWay(NODES_UNKNOWN, progress(counts, done));
    }
    if (counts.unknown() > 0) {
      return Standing.ready(PARTIALLY_PROGRAMMED, progress(counts, done));
    }
    return nodes.limit() == null
        ? Standing.programmed(progress(counts, done))
        : Standing.ready(NOT_ENFORCEABLE, withReason(counts, nodes.limit(), done));
  }

  /** The policy failed somewhere. */
  private static Standing stuck(NodeTally nodes, String done) {
    var counts = nodes.counts();
    if (counts.pending() > nodes.stopped()) {
      return Standing.underWay(PARTIALLY_PROGRAMMED, progress(counts, done));
    }
    var stop = nodes.stop();
    if (stop == null) {
      return unable(nodes)
          .map(node -> Standing.stalled(NOT_ENFORCEABLE, withReason(counts, node, done)))
          .orElseGet(() -> Standing.stalled(PARTIALLY_PROGRAMMED, progress(counts, done)));
    }
    return Standing.stalled(
        ROLLOUT_STOPPED,
        "%s. The first node, %s, could not enforce it (%s: %s). The others keep what they have"
            .formatted(progress(counts, done), stop.name(), stop.reason(), stop.message()));
  }

  /** A node that lacks what the policy needs, if that is all that is wrong. */
  private static Optional<FailedNode> unable(NodeTally nodes) {
    return nodes.failedNodes().stream().allMatch(PolicyStatuses::lacks)
        ? nodes.failedNodes().stream().findFirst()
        : Optional.empty();
  }

  private static boolean lacks(FailedNode node) {
    return node.reason().equals(NOT_ENFORCEABLE);
  }

  private static String withReason(NodeCounts counts, FailedNode node, String done) {
    return "%s. %s: %s".formatted(progress(counts, done), node.name(), node.message());
  }

  private static String progress(NodeCounts counts, String done) {
    var message =
        new StringBuilder(
            "%s on %d of %d nodes".formatted(done, counts.applied(), counts.selected()));
    append(message, counts.failed(), "failed");
    append(message, counts.pending(), "pending");
    append(message, counts.unknown(), "unknown: the node or its agent is not Ready");
    return message.toString();
  }

  private static void append(StringBuilder message, int count, String what) {
    if (count > 0) {
      message.append(", ").append(count).append(' ').append(what);
    }
  }

  private static String refusal(PolicyVerdict verdict) {
    var inForce = verdict.inForce();
    var kept =
        inForce == null
            ? ""
            : " Generation %d, the last that was accepted, stays enforced."
                .formatted(inForce.generation());
    var problems =
        verdict.problems().stream()
            .limit(MAX_PROBLEMS)
            .map(Problem::toString)
            .collect(joining(" "));
    var more = verdict.problems().size() - MAX_PROBLEMS;
    var rest = more > 0 ? " And %d more.".formatted(more) : "";
    return shorten(problems + rest) + kept;
  }

  private static String shorten(String message) {
    return message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE - 1) + "…";
  }

  private static boolean wasReady(@Nullable HostFirewallPolicyStatus previous, Long generation) {
    return previous != null
        && previous.conditions() != null
        && previous.conditions().stream()
            .anyMatch(
                c ->
                    READY.equals(c.getType())
                        && "True".equals(c.getStatus())
                        && Objects.equals(c.getObservedGeneration(), generation));
  }

  /** Where a policy stands, as four conditions; Reconciling and Stalled are never true together. */
  private record Standing(
      boolean programmed,
      boolean ready,
      boolean reconciling,
      boolean stalled,
      String reason,
      String message) {

    static Standing programmed(String message) {
      return new Standing(true, true, false, false, AS_EXPECTED, message);
    }

    static Standing ready(String reason, String message) {
      return new Standing(false, true, false, false, reason, message);
    }

    static Standing underWay(String reason, String message) {
      return new Standing(false, false, true, false, reason, message);
    }

    static Standing stalled(String reason, String message) {
      return new Standing(false, false, false, true, reason, message);
    }

    /** A condition that is true has itself as the reason. */
    String reason(String condition) {
      boolean holds = condition.equals(READY) ? ready : programmed;
      return holds ? condition : reason;
    }
  }
}
