package io.hostfirewall.operator.policy;

import static java.util.stream.Collectors.toSet;

import io.hostfirewall.api.v1alpha1.FailedNode;
import io.hostfirewall.api.v1alpha1.HostFirewallRevision;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.operator.rollout.Fleet;
import io.hostfirewall.operator.rollout.Rollout;
import io.hostfirewall.operator.rollout.Target;
import io.hostfirewall.operator.select.NodeView;
import io.hostfirewall.operator.select.PolicyVerdict;
import io.hostfirewall.operator.select.RevisionChoice;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks at the nodes that a policy selects, as the caches show them at one moment. */
final class NodeObserver {

  private final Fleet fleet;
  private final Rollout rollout;

  NodeObserver(Fleet fleet) {
    this.fleet = fleet;
    this.rollout = new Rollout(fleet.members(), fleet.contents());
  }

  NodeTally tally(PolicyVerdict verdict) {
    var holding = namesOfRevisionsThatHold(verdict.inForce());
    return NodeTally.of(
        fleet.nodes().values().stream()
            .filter(node -> !node.beingDeleted() && verdict.selects(node))
            .map(node -> progress(node, holding))
            .toList());
  }

  private NodeProgress progress(NodeView node, Set<String> holding) {
    var state = fleet.states().get(node.name());
    boolean updated = state != null && holding.contains(state.getSpec().revision());
    var choice = updated ? null : fleet.choice(node);
    return NodeProgress.of(
        node, fleet.agents().silentOn(node.name()), state, updated, choice, stop(choice));
  }

  private Optional<FailedNode> stop(@Nullable RevisionChoice choice) {
    return choice instanceof RevisionChoice.Named named
        ? rollout.stop(Target.of(named))
        : Optional.empty();
  }

  private Set<String> namesOfRevisionsThatHold(@Nullable RevisionPolicy policy) {
    return fleet.revisions().stream()
        .filter(revision -> holds(revision, policy))
        .map(revision -> revision.getMetadata().getName())
        .collect(toSet());
  }

  private static boolean holds(HostFirewallRevision revision, @Nullable RevisionPolicy policy) {
    return policy != null
        && revision.getSpec().policies().stream()
            .anyMatch(
                held ->
                    held.uid().equals(policy.uid())
                        && held.generation().equals(policy.generation()));
  }
}
