package io.hostfirewall.agent.cli;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.fabric8.kubernetes.api.model.Condition;
import io.hostfirewall.agent.cluster.ClusterView.SeenNode;
import io.hostfirewall.agent.cluster.NodeState;
import io.hostfirewall.agent.cluster.SeenAgents.Pod;
import io.hostfirewall.agent.cluster.SeenAgents.SeenAgent;
import io.hostfirewall.api.v1alpha1.Enforcement;
import io.hostfirewall.api.v1alpha1.NodeDescription;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.merge.PolicyMerge;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What one node enforces, in detail.
 *
 * @param rulesetHash of the rules, as read back
 * @param addressSetsHash of the address sets, as read back
 * @param inForce the policies of the revision that it runs, in the order of evaluation
 * @param alwaysOpen what no policy can close, a line each
 * @param conditions all that the node says of itself
 * @param counters the command that shows how often each rule was met
 */
record NodeDetail(
    @JsonUnwrapped NodeReport summary,
    String rulesetHash,
    String addressSetsHash,
    List<PolicyInForce> inForce,
    List<String> alwaysOpen,
    List<Said> conditions,
    String counters) {

  /** A policy of a revision. */
  record PolicyInForce(String name, int priority, String enforcement) {

    static PolicyInForce of(RevisionPolicy policy) {
      return new PolicyInForce(
          policy.name(),
          PolicyMerge.priority(policy),
          policy.spec().enforcement() == Enforcement.AUDIT ? "Audit" : "Enforce");
    }

    String text() {
      return "%s (priority %d, %s)".formatted(name, priority, enforcement);
    }
  }

  /** A condition. */
  record Said(String type, String status, String reason, String since, String message) {

    static Said of(Condition condition) {
      return new Said(
          condition.getType(),
          NodeReport.text(condition.getStatus()),
          NodeReport.text(condition.getReason()),
          NodeReport.text(condition.getLastTransitionTime()),
          NodeReport.text(condition.getMessage()));
    }
  }

  NodeDetail {
    inForce = List.copyOf(inForce);
    alwaysOpen = List.copyOf(alwaysOpen);
    conditions = List.copyOf(conditions);
  }

  /**
   * @param running the policies of the revision that it runs
   */
  static NodeDetail of(
      String node,
      NodeState state,
      List<RevisionPolicy> running,
      Optional<SeenNode> seen,
      SeenAgent agent) {
    var status = state.status();
    var names = running.stream().map(RevisionPolicy::name).toList();
    return new NodeDetail(
        NodeReport.of(node, state, names, seen, agent),
        status == null ? "" : NodeReport.text(status.rulesetHash()),
        status == null ? "" : NodeReport.text(status.addressSetsHash()),
        running.stream().map(PolicyInForce::of).toList(),
        alwaysOpen(state.spec() == null ? null : state.spec().node(), running),
        NodeReport.conditions(status).stream().map(Said::of).toList(),
        agent instanceof Pod(var namespace, var name, _)
            ? "kubectl -n %s exec %s -- java @hostfirewall status".formatted(namespace, name)
            : "hostfirewall status, on the node");
  }

  private static List<String> alwaysOpen(
      @Nullable NodeDescription node, List<RevisionPolicy> running) {
    var open = new ArrayList<String>();
    open.add("loopback, replies, DHCP, neighbour discovery and path MTU");
    open.add(
        running.isEmpty() || PolicyMerge.merge(running).trustNodes().value()
            ? "everything from the cluster's nodes and pods"
            : "what nodes need of each other, and everything from the cluster's pods");
    if (node != null && node.kubeletPort() != null) {
      open.add("kubelet, tcp/%d, from cluster-apiservers".formatted(node.kubeletPort()));
    }
    if (node != null && !node.apiServerPorts().isEmpty()) {
      var ports =
          node.apiServerPorts().stream()
              .map(port -> "tcp/" + port)
              .collect(Collectors.joining(" "));
      open.add("API server, %s, from anyone unless the agent is told otherwise".formatted(ports));
      open.add("etcd, tcp/2379-2380, from cluster-control-plane");
    }
    open.add("SSH from the agent's --admin networks, if it has any");
    return open;
  }

  String text(Instant now) {
    var text = new StringBuilder();
    text.append("%s: %s%n".formatted(summary.node(), summary.state()));
    if (!summary.message().isEmpty()) {
      text.append("  ").append(PlainText.line(summary.message())).append('\n');
    }
    text.append('\n').append(Columns.text(facts(now)));
    if (!conditions.isEmpty()) {
      text.append("\nConditions\n").append(Columns.text(conditions(now)));
    }
    text.append("\nAlways open, whatever policies say\n");
    alwaysOpen.forEach(line -> text.append("  ").append(line).append('\n'));
    return text.toString().stripTrailing();
  }

  private List<List<String>> facts(Instant now) {
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("  Revision", orNone(summary.revision())));
    if (!summary.wanted().equals(summary.revision())) {
      rows.add(List.of("  Wanted", orNone(summary.wanted())));
    }
    if (!summary.confirmedAt().isEmpty()) {
      rows.add(
          List.of(
              "  Confirmed",
              "%s, %s ago".formatted(summary.confirmedAt(), Age.of(summary.confirmedAt(), now))));
    }
    rows.add(
        List.of(
            "  Policies",
            orNone(inForce.stream().map(PolicyInForce::text).collect(Collectors.joining(", ")))));
    rows.add(List.of("  Rules", orNone(rulesetHash)));
    rows.add(List.of("  Address sets", orNone(addressSetsHash)));
    rows.add(
        List.of("  Back end", summary.backend().isEmpty() ? "-" : "iptables-" + summary.backend()));
    rows.add(List.of("  Agent", orNone(summary.agentVersion())));
    rows.add(List.of("  Counters", counters));
    return rows;
  }

  private static String orNone(String text) {
    return text.isEmpty() ? "-" : text;
  }

  private List<List<String>> conditions(Instant now) {
    return conditions.stream()
        .map(
            said ->
                List.of(
                    "  " + said.type(),
                    said.status(),
                    said.reason(),
                    said.since().isEmpty() ? "" : Age.of(said.since(), now),
                    said.message()))
        .toList();
  }
}
