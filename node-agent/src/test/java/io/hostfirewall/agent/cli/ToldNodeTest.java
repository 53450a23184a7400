package io.hostfirewall.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.hostfirewall.agent.cluster.NodeState;
import io.hostfirewall.agent.cluster.SeenAgents.Pod;
import io.hostfirewall.agent.cluster.SeenAgents.Unseen;
import io.hostfirewall.api.v1alpha1.Action;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateSpec;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateStatus;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import io.hostfirewall.api.v1alpha1.NodeDescription;
import io.hostfirewall.api.v1alpha1.NodePhase;
import io.hostfirewall.api.v1alpha1.Peer;
import io.hostfirewall.api.v1alpha1.PolicyRule;
import io.hostfirewall.api.v1alpha1.PortSelector;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.api.v1alpha1.TransportProtocol;
import io.hostfirewall.ruleset.explain.Explanation;
import io.hostfirewall.ruleset.explain.Explanation.Word;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.packet.PacketParser;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is made of what a cluster tells of a node. */
class ToldNodeTest {

  private static final NodeDescription CONTROL_PLANE =
      new NodeDescription(
          List.of("10.0.0.5", "fd00::5"), List.of("10.42.1.0/24"), 10250, List.of(6443), true);

  private static final Map<String, List<Cidr>> SETS =
      Map.of(
          "cluster-nodes", networks("10.0.0.5/32", "10.0.0.6/32"),
          "cluster-pods", networks("10.42.0.0/16"),
          "cluster-apiservers", networks("10.0.0.9/32"),
          "cluster-control-plane", networks("10.0.0.5/32"),
          "office", networks("203.0.113.0/24"));

  private static List<Cidr> networks(String... texts) {
    return List.of(texts).stream().map(Cidr::parse).toList();
  }

  private static RevisionPolicy office() {
    var ssh =
        new PolicyRule(
            "ssh",
            Action.ACCEPT,
            List.of(new Peer(null, null, "office", null)),
            null,
            List.of(new PortSelector(TransportProtocol.TCP, 22, null)),
            null,
            null,
            null,
            null,
            null,
            null);
    return new RevisionPolicy(
        "office",
        "u",
        1L,
        new HostFirewallPolicySpec(
            new LabelSelector(),
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            List.of(ssh),
            null,
            null));
  }

  private static NodeState state(String wanted, String running, NodePhase phase) {
    return new NodeState(
        "u",
        1,
        new HostFirewallNodeStateSpec(wanted, CONTROL_PLANE),
        new HostFirewallNodeStateStatus(
            1L,
            phase,
            running,
            "aa11",
            "bb22",
            "nft",
            "0.1.0",
            "2026-01-01T11:57:00Z",
            null,
            List.of(
                new ConditionBuilder()
                    .withType("Ready")
                    .withStatus("True")
                    .withReason("Applied")
                    .withMessage("Read back.")
                    .withLastTransitionTime("2026-01-01T11:57:00Z")
                    .build())));
  }

  private static ToldNode node(String revision, RevisionPolicy... policies) {
    return new ToldNode(
        "cp-1",
        state(revision, revision, NodePhase.APPLIED),
        CONTROL_PLANE,
        List.of(policies),
        SETS);
  }

  private static Explanation explain(ToldNode node, String packet) {
    return node.explain(PacketParser.parse(packet, node));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tcp 203.0.113.7 > :22            | Accept | office/ssh",
        "tcp 198.51.100.7 > :22           | Deny   | (default) defaultActions.ingress",
        "tcp 2001:db8::7 > [fd00::5]:22   | Deny   | (default) defaultActions.ingress",
        "tcp 198.51.100.7 > :6443         | Accept | (built-in) API server",
        "tcp 10.0.0.9 > :10250            | Accept | (built-in) kubelet",
        "tcp 10.0.0.6 > :22               | Accept | (built-in) cluster traffic",
        "tcp 10.42.7.7 > :22              | Accept | (built-in) pod interface",
        "tcp 10.42.7.7 > :22 in eth0      | Deny   | (default) defaultActions.ingress"
      })
  void a_packet_is_walked_by_the_policies_and_sets_and_by_what_the_node_is(
      String packet, String verdict, String origin) {
    var explanation = explain(node("hfr-1", office()), packet);

    assertThat(explanation.verdict()).hasToString(verdict);
    assertThat(OutputOptions.json(explanation)).contains("\"verdict\" : \"%s\"".formatted(verdict));
    assertThat(explanation.decidedBy().origin()).isEqualTo(origin);
  }

  @Test
  void a_node_that_no_policy_selects_lets_everything_pass_and_that_is_said() {
    var open = node("");

    assertThat(explain(open, "tcp 198.51.100.7 > :22").verdict()).isEqualTo(Word.ACCEPT);
    assertThat(open.remarks()).containsExactly("no policy selects cp-1");
  }

  @Test
  void that_a_node_does_not_enforce_what_it_shall_is_said() {
    var behind =
        new ToldNode(
            "cp-1",
            state("hfr-2", "hfr-1", NodePhase.FAILED),
            CONTROL_PLANE,
            List.of(office()),
            Map.of());

    assertThat(behind.remarks())
        .containsExactly(
            "cp-1 does not enforce this now: it is Failed",
            "address set office, which policy office names, is gone: cp-1 keeps what it held, here it"
                + " is empty");
    assertThat(node("hfr-1", office()).remarks()).isEmpty();
  }

  @Test
  void what_a_node_says_forges_no_line_of_its_detail() {
    var lie = "x\n\nConditions\n  Ready   True\u001b[8m";
    var node =
        new NodeState(
            "u",
            1,
            new HostFirewallNodeStateSpec("hfr-1", CONTROL_PLANE),
            new HostFirewallNodeStateStatus(
                1L,
                NodePhase.FAILED,
                "hfr-1",
                lie,
                null,
                null,
                null,
                null,
                lie,
                List.of(
                    new ConditionBuilder()
                        .withType("Ready")
                        .withStatus("False")
                        .withMessage(lie)
                        .build())));

    var detail = NodeDetail.of("cp-1", node, List.of(), Optional.empty(), new Unseen());

    assertThat(detail.text(Instant.parse("2026-01-01T12:00:00Z")))
        .contains(
            "\n  x Conditions   Ready   True?[8m\n", "\n  Ready   False         x Conditions ")
        .doesNotContain("\u001b")
        .containsOnlyOnce("\nConditions\n");
    var told = new ToldNode("cp-1", node, CONTROL_PLANE, List.of(office()), SETS);
    assertThat(new ExplainReport("p", explain(told, "tcp 192.0.2.1 > :22"), told.remarks()).text())
        .contains("\nNote: cp-1 does not enforce this now: it is Failed, x Conditions ");
  }

  @Test
  void one_node_is_told_of_in_detail() {
    var detail =
        NodeDetail.of(
            "cp-1",
            state("hfr-1", "hfr-1", NodePhase.APPLIED),
            List.of(office()),
            Optional.empty(),
            new Pod("ns", "agent-x", true));

    assertThat(detail.text(Instant.parse("2026-01-01T12:00:00Z")))
        .isEqualTo(
            """
            cp-1: Applied

              Revision       hfr-1
              Confirmed      2026-01-01T11:57:00Z, 3m ago
              Policies       office (priority 500, Enforce)
              Rules          aa11
              Address sets   bb22
              Back end       iptables-nft
              Agent          0.1.0
              Counters       kubectl -n ns exec agent-x -- java @hostfirewall status

            Conditions
              Ready   True   Applied   3m   Read back.

            Always open, whatever policies say
              loopback, replies, DHCP, neighbour discovery and path MTU
              everything from the cluster's nodes and pods
              kubelet, tcp/10250, from cluster-apiservers
              API server, tcp/6443, from anyone unless the agent is told otherwise
              etcd, tcp/2379-2380, from cluster-control-plane
              SSH from the agent's --admin networks, if it has any""");
  }
}
