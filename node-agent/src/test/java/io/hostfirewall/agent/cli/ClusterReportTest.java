package io.hostfirewall.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.hostfirewall.agent.cli.NodeReport.State;
import io.hostfirewall.agent.cluster.ClusterView.SeenNode;
import io.hostfirewall.agent.cluster.NodeState;
import io.hostfirewall.agent.cluster.SeenAgents;
import io.hostfirewall.agent.cluster.SeenAgents.Pod;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateSpec;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateStatus;
import io.hostfirewall.api.v1alpha1.NodeDescription;
import io.hostfirewall.api.v1alpha1.NodePhase;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClusterReportTest {

  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final NodeDescription NODE =
      new NodeDescription(List.of("10.0.0.5"), List.of(), 10250, List.of(), false);

  private static final SeenAgents OF_OTHERS = new SeenAgents(true, false, Map.of());

  private static SeenAgents inPods(Map<String, Pod> pods) {
    return new SeenAgents(true, true, pods);
  }

  private static NodeState state(
      String wanted, long observed, NodePhase phase, String revision, Condition... conditions) {
    return new NodeState(
        "u",
        2,
        new HostFirewallNodeStateSpec(wanted, NODE),
        new HostFirewallNodeStateStatus(
            observed,
            phase,
            revision,
            "aa",
            "bb",
            "nft",
            "0.1.0",
            "2026-01-01T11:57:00Z",
            phase == NodePhase.ROLLED_BACK ? "WouldLockOut" : null,
            List.of(conditions)));
  }

  private static Condition condition(String type) {
    return new ConditionBuilder()
        .withType(type)
        .withStatus("True")
        .withReason("R")
        .withMessage("m")
        .build();
  }

  private static ClusterReport report(Map<String, NodeState> states) {
    return report(states, Map.of(), OF_OTHERS);
  }

  private static ClusterReport report(
      Map<String, NodeState> states, Map<String, SeenNode> nodes, SeenAgents agents) {
    return ClusterReport.of(
        states, Map.of("hfr-1", List.of("base", "web")), Optional.of(nodes), agents);
  }

  @Test
  void nodes_stand_in_columns_and_are_summed_up() {
    var report =
        report(
            Map.of(
                "a", state("hfr-1", 2, NodePhase.APPLIED, "hfr-1", condition("Ready")),
                "b", state("hfr-2", 2, NodePhase.ROLLED_BACK, "hfr-1"),
                "c", state("", 2, NodePhase.APPLIED, "")));

    assertThat(report.text(NOW))
        .isEqualTo(
            """
            NODE   STATE        REVISION   BACKEND   POLICIES   CONFIRMED   MESSAGE
            a      Applied      hfr-1      nft       base,web   3m
            b      RolledBack   hfr-1      nft       base,web   3m          WouldLockOut
            c      Applied      -          nft       -          3m          no policy selects it: it is open
            3 nodes: 2 Applied, 1 RolledBack""");
    assertThat(report.isEnforced()).isFalse();
    assertThat(OutputOptions.json(report))
        .contains("\"state\" : \"RolledBack\"", "\"RolledBack\" : 1", "\"Applied\" : 2");
  }

  @Test
  void what_is_applied_is_enforced() {
    assertThat(report(Map.of("a", state("hfr-1", 2, NodePhase.APPLIED, "hfr-1"))).isEnforced())
        .isTrue();
  }

  @Test
  void an_answer_to_an_earlier_question_is_none() {
    var report = report(Map.of("a", state("hfr-2", 1, NodePhase.APPLIED, "hfr-1")));

    assertThat(report.nodes().getFirst().state()).isEqualTo(State.PENDING);
    assertThat(report.nodes().getFirst().message())
        .isEqualTo("it has not yet answered to being told to run hfr-2");
    assertThat(report.isEnforced()).isFalse();
  }

  @Test
  void what_a_node_complains_about_is_said_even_if_its_rules_stand() {
    var report =
        report(
            Map.of(
                "a", state("hfr-1", 2, NodePhase.APPLIED, "hfr-1", condition("NotEnforceable"))));

    assertThat(report.nodes().getFirst().message()).isEqualTo("NotEnforceable: m");
  }

  @Test
  void of_a_node_that_is_silent_nothing_is_known_but_that_it_failed() {
    var silent = new SeenNode(true, true);
    var report =
        report(
            Map.of(
                "a", state("hfr-1", 2, NodePhase.APPLIED, "hfr-1"),
                "b", state("hfr-2", 2, NodePhase.ROLLED_BACK, "hfr-1")),
            Map.of("a", silent, "b", silent),
            OF_OTHERS);

    assertThat(report.sums()).isEqualTo(Map.of(State.ROLLED_BACK, 1, State.UNKNOWN, 1));
    assertThat(report.nodes().getFirst().message()).isEqualTo("the node is not Ready");
    assertThat(report.isEnforced()).isFalse();
  }

  @Test
  void of_a_silent_agent_neither() {
    var report =
        report(
            Map.of("a", state("hfr-1", 2, NodePhase.APPLIED, "hfr-1")),
            Map.of("a", new SeenNode(true, false)),
            inPods(Map.of("a", new Pod("ns", "agent-x", false))));

    assertThat(report.nodes().getFirst().state()).isEqualTo(State.UNKNOWN);
    assertThat(report.nodes().getFirst().message())
        .isEqualTo("its agent is not Ready, pod agent-x");
  }

  @Test
  void of_a_node_without_an_agent_neither() {
    var report =
        report(
            Map.of(
                "a", state("hfr-1", 2, NodePhase.APPLIED, "hfr-1"),
                "b", state("hfr-1", 2, NodePhase.APPLIED, "hfr-1")),
            Map.of(),
            inPods(Map.of("b", new Pod("ns", "agent-x", true))));

    assertThat(report.sums()).isEqualTo(Map.of(State.APPLIED, 1, State.UNKNOWN, 1));
    assertThat(report.nodes().getFirst().message()).isEqualTo("it has no agent");
    assertThat(report.isEnforced()).isFalse();
  }

  @Test
  void a_linux_node_without_a_state_is_missed() {
    var report =
        report(
            Map.of(),
            Map.of("a", new SeenNode(true, false), "windows", new SeenNode(false, false)),
            OF_OTHERS);

    assertThat(report.nodes()).singleElement().extracting(NodeReport::node).isEqualTo("a");
    assertThat(report.isEnforced()).isFalse();
    assertThat(report.text(NOW)).endsWith("1 node: 1 Pending");
  }

  @Test
  void what_could_not_be_seen_is_said_and_not_taken_for_enforced() {
    var report =
        ClusterReport.of(
            Map.of(), Map.of(), Optional.empty(), new SeenAgents(false, false, Map.of()));

    assertThat(report.text(NOW))
        .isEqualTo(
            """
            0 nodes
            Note: no node is to be seen, so nothing is known to be enforced: look whether the operator runs.
            Note: you may not list nodes, so nobody can tell which of them are not Ready or not looked after.
            Note: you may not list pods and DaemonSets, so nobody can tell which agents are not there or not Ready.""");
    assertThat(report.isEnforced()).isFalse();
  }

  @Test
  void what_a_node_says_forges_no_line_and_moves_no_cursor() {
    var lie =
        new ConditionBuilder()
            .withType("Lie")
            .withStatus("True")
            .withMessage("x\nb   Applied\r\u001b[2J\u009b1A\u202e\u2028y\u0000")
            .build();
    var nodes = Map.of("a", state("hfr-1\u001b[1m", 2, NodePhase.FAILED, "hfr-1\u001b[1m", lie));

    assertThat(report(nodes).text(NOW))
        .isEqualTo(
            """
            NODE   STATE    REVISION    BACKEND   POLICIES   CONFIRMED   MESSAGE
            a      Failed   hfr-1?[1m   nft       -          3m          Lie: x b   Applied ?[2J?1A??y?
            1 node: 1 Failed""");
  }

  @Test
  void ages_are_as_kubectl_says_them() {
    assertThat(Age.of("2026-01-01T11:58:01Z", NOW)).isEqualTo("119s");
    assertThat(Age.of("2026-01-01T09:00:01Z", NOW)).isEqualTo("179m");
    assertThat(Age.of("2025-12-30T12:00:01Z", NOW)).isEqualTo("47h");
    assertThat(Age.of("2025-12-30T12:00:00Z", NOW)).isEqualTo("2d");
    assertThat(Age.of("2026-01-01T12:00:09Z", NOW)).isEqualTo("0s");
  }
}
