package io.hostfirewall.operator.policy;

import io.hostfirewall.api.v1alpha1.FailedNode;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeState;
import io.hostfirewall.api.v1alpha1.NodePhase;
import io.hostfirewall.operator.rollout.Failures;
import io.hostfirewall.operator.select.NodeView;
import io.hostfirewall.operator.select.RevisionChoice;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far one selected node has come with a policy.
 *
 * @param updated the node was told to run a revision with the spec in force
 * @param revision the revision that the node was told to run; empty for none
 * @param failure why it is not enforced; present exactly with {@link Phase#FAILED}, and with {@link
 *     Phase#STOPPED}, where it is that of another node; with {@link Phase#APPLIED} what of it
 *     cannot be enforced there, if anything
 */
record NodeProgress(Phase phase, boolean updated, String revision, @Nullable FailedNode failure) {

  enum Phase {
    APPLIED,
    FAILED,
    PENDING,
    /** Not told, because the change failed on another node. */
    STOPPED,
    UNKNOWN
  }

  static final String TOO_LARGE = "TooLarge";

  /**
   * Judges a node by its state.
   *
   * @param silent its agent is known not to be Ready, which makes what it last said old news; but
   *     that it failed stays true until it says otherwise
   * @param state absent until the operator has written one
   * @param updated whether the revision that the state names holds the policy's spec in force
   * @param choice what the policies of this node come to; only asked for while not updated
   * @param stop what keeps the node from being updated, if it failed elsewhere
   */
  static NodeProgress of(
      NodeView node,
      boolean silent,
      @Nullable HostFirewallNodeState state,
      boolean updated,
      @Nullable RevisionChoice choice,
      Optional<FailedNode> stop) {
    var told = asTold(node, state, updated, choice, stop);
    return silent && told.phase != Phase.FAILED
        ? new NodeProgress(Phase.UNKNOWN, updated, told.revision, null)
        : told;
  }

  private static NodeProgress asTold(
      NodeView node,
      @Nullable HostFirewallNodeState state,
      boolean updated,
      @Nullable RevisionChoice choice,
      Optional<FailedNode> stop) {
    var revision = state == null ? "" : state.getSpec().revision();
    if (choice instanceof RevisionChoice.TooLarge tooLarge) {
      var failure = Failures.of(node.name(), TOO_LARGE, tooLarge.message());
      return new NodeProgress(Phase.FAILED, updated, revision, failure);
    }
    if (node.unreachable()) {
      return new NodeProgress(Phase.UNKNOWN, updated, revision, null);
    }
    if (!updated && stop.isPresent()) {
      return new NodeProgress(Phase.STOPPED, false, revision, stop.get());
    }
    if (state == null || !updated || state.getStatus() == null) {
      return new NodeProgress(Phase.PENDING, updated, revision, null);
    }
    return Failures.of(state)
        .map(failure -> new NodeProgress(Phase.FAILED, updated, revision, failure))
        .orElseGet(
            () ->
                applied(state)
                    ? new NodeProgress(
                        Phase.APPLIED, true, revision, Failures.limit(state).orElse(null))
                    : new NodeProgress(Phase.PENDING, true, revision, null));
  }

  private static boolean applied(HostFirewallNodeState state) {
    var status = state.getStatus();
    return status.state() == NodePhase.APPLIED
        && state.getSpec().revision().equals(status.revision())
        && Failures.speaksOfPresentSpec(state);
  }
}
