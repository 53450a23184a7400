package io.hostfirewall.agent.cli;

import com.fasterxml.jackson.annotation.JsonValue;
import io.fabric8.kubernetes.api.model.Condition;
import io.hostfirewall.agent.cluster.ClusterView.SeenNode;
import io.hostfirewall.agent.cluster.NodeState;
import io.hostfirewall.agent.cluster.SeenAgents.Missing;
import io.hostfirewall.agent.cluster.SeenAgents.Pod;
import io.hostfirewall.agent.cluster.SeenAgents.SeenAgent;
import io.hostfirewall.agent.cluster.SeenAgents.Unseen;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateStatus;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one node enforces, by its own word.
 *
 * @param enforced whether that is what it shall, as read back from its kernel
 * @param wanted the revision that it shall run; empty for none
 * @param revision the revision that it runs; empty for none
 * @param policies those of the revision that it runs
 * @param confirmedAt when that was confirmed, as RFC 3339; empty if never
 * @param findings what else the node complains about
 */
record NodeReport(
    String node,
    State state,
    boolean enforced,
    String wanted,
    String revision,
    List<String> policies,
    String backend,
    String agentVersion,
    String confirmedAt,
    String message,
    List<Finding> findings) {

  /** Where a node stands. */
  enum State {
    APPLIED("Applied"),
    TRIAL("Trial"),
    PENDING("Pending"),
    DRIFTED("Drifted"),
    ROLLED_BACK("RolledBack"),
    FAILED("Failed"),
    /** Nobody answers there. */
    UNKNOWN("Unknown");

    private final String text;

    State(String text) {
      this.text = text;
    }

    @JsonValue
    @Override
    public String toString() {
      return text;
    }
  }

  /** A condition that does not hold for a node as it should be. */
  record Finding(String type, String reason, String message) {}

  private static final String READY = "Ready";

  NodeReport {
    policies = List.copyOf(policies);
    findings = List.copyOf(findings);
  }

  /**
   * A node that has a state.
   *
   * @param policies of the revision that it runs
   * @param seen the node, if it is there and may be seen
   */
  static NodeReport of(
      String node,
      NodeState state,
      List<String> policies,
      Optional<SeenNode> seen,
      SeenAgent agent) {
    var status = state.status();
    var wanted = state.spec() == null ? "" : text(state.spec().revision());
    var revision = status == null ? "" : text(status.revision());
    var silence = silence(seen, agent);
    var stands = stands(state, status, silence);
    return new NodeReport(
        node,
        stands,
        stands == State.APPLIED && wanted.equals(revision),
        wanted,
        revision,
        policies,
        status == null ? "" : text(status.backend()),
        status == null ? "" : text(status.agentVersion()),
        status == null ? "" : text(status.appliedAt()),
        message(state, stands, silence, wanted),
        findings(status));
  }

  /** A node that has no state. */
  static NodeReport withoutState(String node) {
    return new NodeReport(
        node,
        State.PENDING,
        false,
        "",
        "",
        List.of(),
        "",
        "",
        "",
        "it has no HostFirewallNodeState yet: does the operator run?",
        List.of());
  }

  private static String silence(Optional<SeenNode> seen, SeenAgent agent) {
    if (seen.filter(SeenNode::silent).isPresent()) {
      return "the node is not Ready";
    }
    return switch (agent) {
      case Pod(_, var name, var ready) -> ready ? "" : "its agent is not Ready, pod " + name;
      case Missing() -> "it has no agent";
      case Unseen() -> "";
    };
  }

  /** What failed stays failed, whoever is silent; everything else is old news then. */
  private static State stands(
      NodeState state, @Nullable HostFirewallNodeStateStatus status, String silence) {
    var told = told(state, status);
    return silence.isEmpty() || told == State.FAILED || told == State.ROLLED_BACK
        ? told
        : State.UNKNOWN;
  }

  private static State told(NodeState state, @Nullable HostFirewallNodeStateStatus status) {
    if (status == null || status.state() == null || isOld(state, status)) {
      return State.PENDING;
    }
    return switch (status.state()) {
      case PENDING -> State.PENDING;
      case TRIAL -> State.TRIAL;
      case APPLIED -> State.APPLIED;
      case ROLLED_BACK -> State.ROLLED_BACK;
      case FAILED -> State.FAILED;
      case DRIFTED -> State.DRIFTED;
    };
  }

  private static boolean isOld(NodeState state, HostFirewallNodeStateStatus status) {
    return status.observedGeneration() == null || status.observedGeneration() < state.generation();
  }

  private static String message(NodeState state, State stands, String silence, String wanted) {
    var status = state.status();
    var own =
        status == null
            ? ""
            : Stream.concat(
                    Stream.of(text(status.message())),
                    findings(status).stream().map(f -> f.type() + ": " + f.message()))
                .filter(words -> !words.isEmpty())
                .collect(Collectors.joining("; "));
    if (stands == State.UNKNOWN) {
      return silence + (own.isEmpty() ? "" : "; it said last: " + own);
    }
    if (stands == State.PENDING && (status == null || isOld(state, status))) {
      return "it has not yet answered to being told "
          + (wanted.isEmpty() ? "to enforce nothing" : "to run " + wanted);
    }
    return own.isEmpty() && stands == State.APPLIED && wanted.isEmpty()
        ? "no policy selects it: it is open"
        : own;
  }

  /** All conditions but Ready say what is wrong. */
  private static List<Finding> findings(@Nullable HostFirewallNodeStateStatus status) {
    return conditions(status).stream()
        .filter(c -> !c.getType().equals(READY) && "True".equals(c.getStatus()))
        .map(c -> new Finding(c.getType(), text(c.getReason()), text(c.getMessage())))
        .toList();
  }

  static List<Condition> conditions(@Nullable HostFirewallNodeStateStatus status) {
    return status == null || status.conditions() == null ? List.of() : status.conditions();
  }

  static String text(@Nullable String value) {
    return value == null ? "" : value;
  }
}
