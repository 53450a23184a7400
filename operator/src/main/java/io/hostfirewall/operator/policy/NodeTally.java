package io.hostfirewall.operator.policy;

import io.hostfirewall.api.v1alpha1.FailedNode;
import io.hostfirewall.api.v1alpha1.NodeCounts;
import io.hostfirewall.operator.policy.NodeProgress.Phase;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The selected nodes of a policy, summed up so that it does not grow with the cluster.
 *
 * @param failedNodes at most ten, by name
 * @param stopped nodes that are not told because the change failed on another one; also pending
 * @param stop the failure that they are not told because of; present if there are any
 * @param limit what cannot be enforced on a node that enforces the rest
 * @param revision the one that all selected nodes were told to run; absent while they differ
 */
record NodeTally(
    NodeCounts counts,
    List<FailedNode> failedNodes,
    boolean tooLarge,
    int stopped,
    @Nullable FailedNode stop,
    @Nullable FailedNode limit,
    @Nullable String revision) {

  private static final int MAX_FAILED_NODES = 10;

  static NodeTally of(Collection<NodeProgress> nodes) {
    var failures = failures(Phase.FAILED, nodes);
    return new NodeTally(
        counts(nodes),
        failures.stream()
            .sorted(Comparator.comparing(FailedNode::name))
            .limit(MAX_FAILED_NODES)
            .toList(),
        failures.stream().anyMatch(failure -> failure.reason().equals(NodeProgress.TOO_LARGE)),
        in(Phase.STOPPED, nodes),
        failures(Phase.STOPPED, nodes).stream().findFirst().orElse(null),
        failures(Phase.APPLIED, nodes).stream()
            .min(Comparator.comparing(FailedNode::name))
            .orElse(null),
        sharedRevision(nodes));
  }

  private static List<FailedNode> failures(Phase phase, Collection<NodeProgress> nodes) {
    return nodes.stream()
        .filter(node -> node.phase() == phase)
        .map(NodeProgress::failure)
        .filter(Objects::nonNull)
        .toList();
  }

  private static NodeCounts counts(Collection<NodeProgress> nodes) {
    return new NodeCounts(
        nodes.size(),
        Math.toIntExact(nodes.stream().filter(NodeProgress::updated).count()),
        in(Phase.APPLIED, nodes),
        in(Phase.FAILED, nodes),
        in(Phase.PENDING, nodes) + in(Phase.STOPPED, nodes),
        in(Phase.UNKNOWN, nodes));
  }

  private static int in(Phase phase, Collection<NodeProgress> nodes) {
    return Math.toIntExact(nodes.stream().filter(node -> node.phase() == phase).count());
  }

  private static @Nullable String sharedRevision(Collection<NodeProgress> nodes) {
    var revisions = nodes.stream().map(NodeProgress::revision).distinct().limit(2).toList();
    return revisions.size() == 1 && !revisions.getFirst().isEmpty() ? revisions.getFirst() : null;
  }
}
