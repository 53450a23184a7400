package io.hostfirewall.agent.cli;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.hostfirewall.agent.cli.NodeReport.State;
import io.hostfirewall.agent.cluster.ClusterView.SeenNode;
import io.hostfirewall.agent.cluster.NodeState;
import io.hostfirewall.agent.cluster.SeenAgents;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What all nodes of a cluster enforce.
 *
 * @param sums how many nodes are in each state that any is in
 * @param remarks what could not be seen, a sentence each
 */
record ClusterReport(List<NodeReport> nodes, Map<State, Integer> sums, List<String> remarks) {

  private static final List<String> HEAD =
      List.of("NODE", "STATE", "REVISION", "BACKEND", "POLICIES", "CONFIRMED", "MESSAGE");

  private static final String NONE = "-";

  /**
   * @param policies names by revision
   * @param seen nodes by name; empty if they may not be seen
   */
  static ClusterReport of(
      Map<String, NodeState> states,
      Map<String, List<String>> policies,
      Optional<Map<String, SeenNode>> seen,
      SeenAgents agents) {
    var nodes = new TreeMap<String, NodeReport>();
    states.forEach(
        (name, state) ->
            nodes.put(
                name,
                NodeReport.of(
                    name,
                    state,
                    state.status() == null
                        ? List.of()
                        : policies.getOrDefault(
                            NodeReport.text(state.status().revision()), List.of()),
                    seen.map(all -> all.get(name)),
                    agents.on(name))));
    seen.orElse(Map.of())
        .forEach(
            (name, node) -> {
              if (node.linux()) {
                nodes.computeIfAbsent(name, NodeReport::withoutState);
              }
            });
    var sums = new EnumMap<State, Integer>(State.class);
    nodes.values().forEach(node -> sums.merge(node.state(), 1, Integer::sum));
    return new ClusterReport(
        List.copyOf(nodes.values()), sums, remarks(nodes.isEmpty(), seen, agents));
  }

  private static List<String> remarks(
      boolean none, Optional<Map<String, SeenNode>> seen, SeenAgents agents) {
    var remarks = new ArrayList<String>();
    if (none) {
      remarks.add(
          "no node is to be seen, so nothing is known to be enforced: look whether the operator runs");
    }
    if (seen.isEmpty()) {
      remarks.add(
          "you may not list nodes, so nobody can tell which of them are not Ready or not looked"
              + " after");
    }
    if (!agents.visible()) {
      remarks.add(
          "you may not list pods and DaemonSets, so nobody can tell which agents are not there or"
              + " not Ready");
    }
    return remarks;
  }

  @JsonIgnore
  boolean isEnforced() {
    return !nodes.isEmpty() && nodes.stream().allMatch(NodeReport::enforced);
  }

  String text(Instant now) {
    var rows = new ArrayList<List<String>>();
    rows.add(HEAD);
    nodes.forEach(node -> rows.add(row(node, now)));
    var text = new StringBuilder(nodes.isEmpty() ? "" : Columns.text(rows)).append(total());
    remarks.forEach(remark -> text.append("\nNote: ").append(remark).append('.'));
    return text.toString();
  }

  private static List<String> row(NodeReport node, Instant now) {
    return List.of(
        node.node(),
        node.state().toString(),
        orNone(node.revision()),
        orNone(node.backend()),
        orNone(String.join(",", node.policies())),
        node.confirmedAt().isEmpty() ? NONE : Age.of(node.confirmedAt(), now),
        node.message());
  }

  private static String orNone(String text) {
    return text.isEmpty() ? NONE : text;
  }

  private String total() {
    var many = nodes.size() == 1 ? "1 node" : nodes.size() + " nodes";
    return sums.isEmpty()
        ? many
        : sums.entrySet().stream()
            .map(sum -> sum.getValue() + " " + sum.getKey())
            .collect(Collectors.joining(", ", many + ": ", ""));
  }
}
