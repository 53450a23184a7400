package io.hostfirewall.operator.rollout;

import io.hostfirewall.api.v1alpha1.FailedNode;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeState;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateStatus;
import java.util.Optional;

/** What a node says of itself when it does not enforce what it was told. */
public final class Failures {

  private static final int MAX_MESSAGE = 128;

  private Failures() {}

  /** The failure of a node; empty unless its status speaks of what it is told now. */
  public static Optional<FailedNode> of(HostFirewallNodeState state) {
    var status = state.getStatus();
    if (status == null || status.state() == null || !speaksOfPresentSpec(state)) {
      return Optional.empty();
    }
    var name = state.getMetadata().getName();
    return switch (status.state()) {
      case FAILED -> Optional.of(of(name, "Failed", message(status)));
      case ROLLED_BACK -> Optional.of(of(name, "RolledBack", message(status)));
      case DRIFTED -> Optional.of(of(name, "Drifted", message(status)));
      case APPLIED, PENDING, TRIAL -> Optional.empty();
    };
  }

  /** A failure whose message is cut to what the schema takes. */
  public static FailedNode of(String node, String reason, String message) {
    var shortened =
        message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE - 1) + "…";
    return new FailedNode(node, reason, shortened);
  }

  /** Whether what the agent reported is about the spec as it is now. */
  public static boolean speaksOfPresentSpec(HostFirewallNodeState state) {
    var observed = state.getStatus().observedGeneration();
    return observed != null && observed >= state.getMetadata().getGeneration();
  }

  private static String message(HostFirewallNodeStateStatus status) {
    return Optional.ofNullable(status.message()).orElse("");
  }
}
