package io.hostfirewall.operator.policy;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import io.fabric8.kubernetes.api.model.Node;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeState;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicy;
import io.hostfirewall.api.v1alpha1.HostFirewallRevision;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.operator.agent.Agents;
import io.hostfirewall.operator.select.NodeSelection;
import io.hostfirewall.operator.select.NodeView;
import io.hostfirewall.operator.select.PolicyVerdict;
import io.hostfirewall.operator.select.RevisionChoice;
import io.hostfirewall.operator.select.RevisionChooser;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks at the nodes that a policy selects, as the caches show them at one moment. */
final class NodeObserver {

  private final Map<String, HostFirewallNodeState> states;
  private final Collection<HostFirewallRevision> revisions;
  private final List<RevisionPolicy> allInForce;
  private final RevisionChooser chooser;
  private final Agents agents;

  NodeObserver(
      Collection<HostFirewallNodeState> states,
      Collection<HostFirewallRevision> revisions,
      Collection<HostFirewallPolicy> policies,
      RevisionChooser chooser,
      Agents agents) {
    this.states =
        states.stream().collect(toMap(state -> state.getMetadata().getName(), identity()));
    this.revisions = revisions;
    this.allInForce = PolicyVerdict.inForce(policies, revisions);
    this.chooser = chooser;
    this.agents = agents;
  }

  NodeTally tally(PolicyVerdict verdict, Collection<Node> nodes) {
    var holding = namesOfRevisionsThatHold(verdict.inForce());
    return NodeTally.of(
        nodes.stream()
            .map(NodeView::of)
            .filter(node -> !node.beingDeleted() && verdict.selects(node))
            .map(node -> progress(node, holding))
            .toList());
  }

  private NodeProgress progress(NodeView node, Set<String> holding) {
    var state = states.get(node.name());
    boolean updated = state != null && holding.contains(state.getSpec().revision());
    return NodeProgress.of(
        node, agents.silentOn(node.name()), state, updated, updated ? null : choice(node));
  }

  private RevisionChoice choice(NodeView node) {
    return chooser.choose(NodeSelection.on(node, allInForce));
  }

  private Set<String> namesOfRevisionsThatHold(@Nullable RevisionPolicy policy) {
    return revisions.stream()
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
