package io.hostfirewall.operator.rollout;

import io.hostfirewall.api.v1alpha1.FailedNode;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeState;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateStatus;
import io.hostfirewall.operator.select.NodeView;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A node as a rollout sees it.
 *
 * @param answering it is Ready and so is its agent, and nobody has waited for it in vain
 * @param told the revision that it was told to run; empty for none
 * @param confirmed the revision that its kernel was last seen to run; empty for none
 * @param failure why it does not enforce what it was told, while the node is there to say so
 */
public record Member(
    String name,
    boolean controlPlane,
    boolean answering,
    String told,
    String confirmed,
    @Nullable FailedNode failure) {

  /**
   * A node as the caches show it. One that lacks what a revision needs is as if it did not answer:
   * nobody learns from it what the revision does elsewhere.
   *
   * @param answering as far as others than the Node itself know
   */
  public static Member of(NodeView node, boolean answering, @Nullable HostFirewallNodeState state) {
    var failure = Optional.ofNullable(state).filter(s -> !node.unreachable()).flatMap(Failures::of);
    var unable = failure.filter(f -> f.reason().equals(Failures.NOT_ENFORCEABLE)).isPresent();
    return new Member(
        node.name(),
        node.controlPlane(),
        answering && !node.unreachable() && !unable,
        state == null ? "" : state.getSpec().revision(),
        confirmed(state),
        unable ? null : failure.orElse(null));
  }

  /** The same one, told to run a revision a moment ago. */
  public Member told(String revision) {
    return revision.equals(told)
        ? this
        : new Member(name, controlPlane, answering, revision, confirmed, null);
  }

  /** The same one, waited for in vain. */
  public Member notAnswering() {
    return new Member(name, controlPlane, false, told, confirmed, failure);
  }

  /** The revision that the kernel of a node was last seen to run; empty for none. */
  public static String confirmed(@Nullable HostFirewallNodeState state) {
    return Optional.ofNullable(state)
        .map(HostFirewallNodeState::getStatus)
        .map(HostFirewallNodeStateStatus::revision)
        .orElse("");
  }
}
