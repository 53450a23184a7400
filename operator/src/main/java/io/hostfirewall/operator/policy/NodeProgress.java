package io.hostfirewall.operator.policy;

import io.hostfirewall.api.v1alpha1.FailedNode;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeState;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateStatus;
import io.hostfirewall.api.v1alpha1.NodePhase;
import io.hostfirewall.operator.select.NodeView;
import io.hostfirewall.operator.select.RevisionChoice;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far one selected node has come with a policy.
 *
 * @param updated the node was told to run a revision with the spec in force
 * @param revision the revision that the node was told to run; empty for none
 * @param failure why it is not enforced; present exactly with {@link Phase#FAILED}
 */
record NodeProgress(Phase phase, boolean updated, String revision, @Nullable FailedNode failure) {

  enum Phase {
    APPLIED,
    FAILED,
    PENDING,
    UNKNOWN
  }

  static final String TOO_LARGE = "TooLarge";
  private static final int MAX_MESSAGE = 128;

  /**
   * Judges a node by its state.
   *
   * @param silent its agent is known not to be Ready, which makes what it last said old news; but
   *     that it failed stays true until it says otherwise
   * @param state absent until the operator has written one
   * @param updated whether the revision that the state names holds the policy's spec in force
   * @param choice what the policies of this node come to; only asked for while not updated
   */
  static NodeProgress of(
      NodeView node,
      boolean silent,
      @Nullable HostFirewallNodeState state,
      boolean updated,
      @Nullable RevisionChoice choice) {
    var told = asTold(node, state, updated, choice);
    return silent && told.phase != Phase.FAILED
        ? new NodeProgress(Phase.UNKNOWN, updated, told.revision, null)
        : told;
  }

  private static NodeProgress asTold(
      NodeView node,
      @Nullable HostFirewallNodeState state,
      boolean updated,
      @Nullable RevisionChoice choice) {
    var revision = state == null ? "" : state.getSpec().revision();
    if (choice instanceof RevisionChoice.TooLarge tooLarge) {
      return failed(node, updated, revision, TOO_LARGE, tooLarge.message());
    }
    if (node.unreachable()) {
      return new NodeProgress(Phase.UNKNOWN, updated, revision, null);
    }
    if (state == null || !updated || state.getStatus() == null) {
      return new NodeProgress(Phase.PENDING, updated, revision, null);
    }
    var status = state.getStatus();
    return switch (status.state()) {
      case APPLIED ->
          new NodeProgress(
              revision.equals(status.revision()) && speaksOfPresentSpec(state)
                  ? Phase.APPLIED
                  : Phase.PENDING,
              updated,
              revision,
              null);
      case FAILED, ROLLED_BACK, DRIFTED ->
          speaksOfPresentSpec(state)
              ? failed(node, updated, revision, reason(status.state()), message(status))
              : new NodeProgress(Phase.PENDING, updated, revision, null);
      case PENDING, TRIAL -> new NodeProgress(Phase.PENDING, updated, revision, null);
      case null -> new NodeProgress(Phase.PENDING, updated, revision, null);
    };
  }

  private static boolean speaksOfPresentSpec(HostFirewallNodeState state) {
    var observed = state.getStatus().observedGeneration();
    return observed != null && observed >= state.getMetadata().getGeneration();
  }

  private static NodeProgress failed(
      NodeView node, boolean updated, String revision, String reason, String message) {
    var shortened =
        message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE - 1) + "…";
    return new NodeProgress(
        Phase.FAILED, updated, revision, new FailedNode(node.name(), reason, shortened));
  }

  private static String message(HostFirewallNodeStateStatus status) {
    return Optional.ofNullable(status.message()).orElse("");
  }

  private static String reason(NodePhase phase) {
    return switch (phase) {
      case ROLLED_BACK -> "RolledBack";
      case DRIFTED -> "Drifted";
      case FAILED, APPLIED, PENDING, TRIAL -> "Failed";
    };
  }
}
