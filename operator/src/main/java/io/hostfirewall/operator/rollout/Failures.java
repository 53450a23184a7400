package io.hostfirewall.operator.rollout;

import io.fabric8.kubernetes.api.model.Condition;
import io.hostfirewall.api.v1alpha1.FailedNode;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeState;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateStatus;
import java.util.List;
import java.util.Optional;

/** What a node says of itself when it does not enforce what it was told. */
public final class Failures {

  /** The node lacks something; the agents know the word. */
  public static final String NOT_ENFORCEABLE = "NotEnforceable";

  private static final int MAX_MESSAGE = 128;

  private Failures() {}

  /** The failure of a node; empty unless its status speaks of what it is told now. */
  public static Optional<FailedNode> of(HostFirewallNodeState state) {
    var status = state.getStatus();
    if (status == null || status.state() == null || !speaksOfPresentSpec(state)) {
      return Optional.empty();
    }
    var word =
        switch (status.state()) {
          case FAILED -> "Failed";
          case ROLLED_BACK -> "RolledBack";
          case DRIFTED -> "Drifted";
          case APPLIED, PENDING, TRIAL -> "";
        };
    return word.isEmpty()
        ? Optional.empty()
        : Optional.of(
            of(state.getMetadata().getName(), reason(status).orElse(word), message(status)));
  }

  /** Why the node is not Ready, by its agent's own word. */
  private static Optional<String> reason(HostFirewallNodeStateStatus status) {
    return Optional.ofNullable(status.conditions()).stream()
        .flatMap(List::stream)
        .filter(c -> "Ready".equals(c.getType()) && "False".equals(c.getStatus()))
        .map(Condition::getReason)
        .filter(reason -> reason != null && !reason.isEmpty())
        .findFirst();
  }

  /** What of the rules that a node enforces it cannot enforce, by its own word. */
  public static Optional<FailedNode> limit(HostFirewallNodeState state) {
    return Optional.ofNullable(state.getStatus().conditions()).stream()
        .flatMap(List::stream)
        .filter(c -> NOT_ENFORCEABLE.equals(c.getType()) && "True".equals(c.getStatus()))
        .map(c -> of(state.getMetadata().getName(), NOT_ENFORCEABLE, c.getMessage()))
        .findFirst();
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
