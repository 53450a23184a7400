package io.hostfirewall.operator.node;

import static io.hostfirewall.operator.watch.Informers.ids;

import io.fabric8.kubernetes.api.model.Node;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeState;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicy;
import io.hostfirewall.api.v1alpha1.HostFirewallRevision;
import io.hostfirewall.operator.select.NodeSelection;
import io.hostfirewall.operator.select.NodeView;
import io.javaoperatorsdk.operator.api.reconciler.ResourceCache;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The nodes that a change of a policy may concern: those that it selects, and those whose revision
 * holds it, because it may have selected them before.
 */
record AffectedNodes(
    ResourceCache<Node> nodes,
    ResourceCache<HostFirewallNodeState> states,
    ResourceCache<HostFirewallRevision> revisions) {

  Set<ResourceID> by(HostFirewallPolicy policy) {
    var selected = nodes.list(node -> NodeSelection.selects(policy.getSpec(), NodeView.of(node)));
    var holding =
        revisions
            .list(revision -> holds(revision, policy))
            .map(revision -> revision.getMetadata().getName())
            .collect(Collectors.toSet());
    var holders = states.list(state -> holding.contains(state.getSpec().revision()));
    return ids(Stream.concat(selected, holders));
  }

  Set<ResourceID> byAll(Collection<HostFirewallPolicy> policies) {
    return policies.stream().flatMap(policy -> by(policy).stream()).collect(Collectors.toSet());
  }

  private static boolean holds(HostFirewallRevision revision, HostFirewallPolicy policy) {
    return revision.getSpec().policies().stream()
        .anyMatch(held -> held.uid().equals(policy.getMetadata().getUid()));
  }
}
