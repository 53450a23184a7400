package io.hostfirewall.e2e.cluster;

import static io.hostfirewall.e2e.cluster.SmallCluster.NOTHING_BUT_WEB;
import static io.hostfirewall.e2e.cluster.SmallCluster.OTHER;
import static io.hostfirewall.e2e.cluster.SmallCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateStatus;
import io.hostfirewall.api.v1alpha1.NodePhase;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Somebody changes our rules; the agent notices, puts them back, and says so. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DriftClusterIT {

  private static final String ABOVE = "-p tcp -m tcp --dport 8080 -j ACCEPT";

  private final SmallCluster cluster = new SmallCluster(Map.of(), "nft", "legacy");
  private final Statuses statuses = cluster.statuses();
  private final ClusterNode eleven = cluster.nodes().getFirst();
  private final ClusterNode twelve = cluster.nodes().getLast();

  @BeforeAll
  void a_policy_is_in_force_on_two_nodes() {
    cluster.start();
    cluster.apply(NOTHING_BUT_WEB);
    for (var node : cluster.nodes()) {
      eventually("applied")
          .until(() -> !node.accepts(OTHER) && phase(node).equals(Optional.of(NodePhase.APPLIED)));
    }
  }

  @AfterAll
  void end() {
    cluster.close();
  }

  private Optional<NodePhase> phase(ClusterNode node) {
    return statuses.ofNode(node).map(HostFirewallNodeStateStatus::state);
  }

  private String events(ClusterNode node) {
    return cluster.client().v1().events().inNamespace("default").list().getItems().stream()
        .filter(event -> node.name().equals(event.getInvolvedObject().getName()))
        .map(event -> event.getReason() + " " + event.getMessage())
        .collect(Collectors.joining("\n"));
  }

  @ParameterizedTest
  @MethodSource("io.hostfirewall.e2e.cluster.Damage#all")
  void it_is_put_back_and_reported(Damage damage) {
    for (var node : cluster.nodes()) {
      var before = node.standing();
      damage.on(node);
      var start = System.nanoTime();

      eventually(node.name() + " healed").until(() -> node.standing().equals(before));

      var took = Duration.ofNanos(System.nanoTime() - start);
      System.out.printf("%s, %s: %d ms%n", damage, node.backend(), took.toMillis());
      assertThat(took).isLessThan(Duration.ofSeconds(node.backend().equals("nft") ? 3 : 9));
      eventually("said")
          .untilAsserted(
              () -> {
                assertThat(statuses.message(node, "Drifted")).contains(damage.said());
                assertThat(phase(node)).contains(NodePhase.APPLIED);
                assertThat(events(node)).contains("DriftHealed").contains(damage.said());
              });
    }
  }

  /** Between two looks of a poll it is then as it was. */
  @Test
  void a_set_that_is_emptied_as_soon_as_it_is_healed_is_healed_again() {
    var emptied =
        Damage.all().filter(damage -> damage.script().equals("ipset flush $SET")).findFirst();
    for (var node : cluster.nodes()) {
      var before = node.standing();
      for (int i = 0; i < 4; i++) {
        emptied.orElseThrow().on(node);
        await("healed").atMost(Duration.ofSeconds(9)).until(() -> node.standing().equals(before));
      }
    }
  }

  /** One that ends is started again at once; one that only stops would leave the agent blind. */
  @Test
  void a_watching_program_that_does_not_answer_is_ended_and_another_watches() {
    var asked = Map.of(eleven, "-", twelve, "--verbose");
    var stopped = new HashMap<ClusterNode, List<ProcessHandle>>();
    asked.forEach((node, argument) -> stopped.put(node, watchers(node, argument)));
    assertThat(stopped.get(eleven)).as("ipset").hasSize(1);
    assertThat(stopped.get(twelve)).as("iptables-restore of both families").hasSize(2);
    stopped.forEach(
        (node, programs) -> programs.forEach(p -> node.run("kill", "-STOP", "" + p.pid())));

    asked.forEach(
        (node, argument) ->
            eventually(node.name() + " watches again")
                .untilAsserted(
                    () ->
                        assertThat(watchers(node, argument))
                            .hasSameSizeAs(stopped.get(node))
                            .doesNotContainAnyElementsOf(stopped.get(node))));
    it_is_put_back_and_reported(Damage.all().findFirst().orElseThrow());
  }

  /** The programs of an agent that it asks again and again, known by an argument. */
  private static List<ProcessHandle> watchers(ClusterNode node, String argument) {
    return ProcessHandle.of(node.agent().pid())
        .orElseThrow()
        .descendants()
        .filter(
            child -> child.info().arguments().map(List::of).orElse(List.of()).contains(argument))
        .toList();
  }

  @Test
  void what_is_done_while_no_agent_lives_stays_done() {
    for (var node : cluster.nodes()) {
      node.agent().kill();
      var before = node.standing();
      Damage.all().findFirst().orElseThrow().on(node);
      assertThat(node.standing()).isNotEqualTo(before);
      assertThat(node.accepts(OTHER)).isTrue();
      assertThat(node.standing()).isNotEqualTo(before);

      node.agent().start();

      eventually(node.name() + " healed").until(() -> node.standing().equals(before));
      assertThat(node.accepts(OTHER)).isFalse();
    }
  }

  @Test
  void who_puts_himself_above_us_is_overtaken_once_a_minute() {
    for (var node : cluster.nodes()) {
      var ipt = "iptables-" + node.backend();
      node.run("sh", "-c", ipt + " -I INPUT 1 " + ABOVE);
      eventually("overtaken").until(() -> !node.accepts(OTHER));
      assertThat(node.run(ipt, "-S", "INPUT")).contains(ABOVE);

      node.run("sh", "-c", ipt + " -D INPUT " + ABOVE + "; " + ipt + " -I INPUT 1 " + ABOVE);

      eventually("said")
          .untilAsserted(
              () -> {
                assertThat(statuses.message(node, "JumpContested"))
                    .contains("IPv4: rule 1 of chain INPUT (-A INPUT " + ABOVE + ", not ours)");
                assertThat(phase(node)).contains(NodePhase.DRIFTED);
                assertThat(events(node)).contains("JumpContested");
              });
      assertThat(node.accepts(OTHER)).as("it is left there for a while").isTrue();
      assertThat(node.ask("/readyz")).isEmpty();

      node.run("sh", "-c", ipt + " -D INPUT " + ABOVE);
      eventually("at peace").until(() -> phase(node).equals(Optional.of(NodePhase.APPLIED)));
      assertThat(node.accepts(OTHER)).isFalse();
    }
  }

  @Test
  void who_may_drop_what_we_let_pass_is_named() {
    eleven.run("iptables-nft", "-P", "FORWARD", "DROP");
    twelve.run("iptables-legacy", "-A", "INPUT", "-p", "udp", "-j", "DROP");
    eventually("a policy is said, too")
        .untilAsserted(
            () ->
                assertThat(statuses.message(eleven, "ForeignDropBelow"))
                    .contains("the policy of chain FORWARD drops"));
    eventually("said")
        .untilAsserted(
            () ->
                assertThat(statuses.message(twelve, "ForeignDropBelow"))
                    .contains("-A INPUT -p udp -j DROP"));
    assertThat(phase(eleven)).contains(NodePhase.APPLIED);
    assertThat(phase(twelve)).contains(NodePhase.APPLIED);

    eleven.run("iptables-nft", "-P", "FORWARD", "ACCEPT");
    twelve.run("iptables-legacy", "-D", "INPUT", "-p", "udp", "-j", "DROP");
    for (var node : List.of(eleven, twelve)) {
      eventually("gone").until(() -> statuses.condition(node, "ForeignDropBelow").isEmpty());
    }
  }

  @Test
  void rules_of_ours_in_the_other_back_end_are_named_and_so_is_who_answers_for_services() {
    var before = eleven.standing();
    eleven.run("iptables-legacy", "-N", "HFW-STRAY");
    for (var backend : List.of("nft", "legacy")) {
      twelve.run("iptables-" + backend, "-t", "mangle", "-N", "KUBE-IPTABLES-HINT");
    }
    eleven.run("ip", "link", "add", "cilium_host", "type", "bridge");
    try {
      await("said")
          .atMost(Duration.ofSeconds(90))
          .untilAsserted(
              () ->
                  assertThat(statuses.message(eleven, "OtherBackEndInUse"))
                      .contains("rules of ours stand in iptables-legacy too"));
      eventually("said too")
          .untilAsserted(
              () ->
                  assertThat(statuses.message(eleven, "NotEnforceable"))
                      .contains("NodePorts", "Cilium"));
      assertThat(statuses.condition(twelve, "NotEnforceable")).isEmpty();
      assertThat(phase(eleven)).contains(NodePhase.APPLIED);
      await("marks of kubelet in both are said")
          .atMost(Duration.ofSeconds(90))
          .untilAsserted(
              () ->
                  assertThat(statuses.message(twelve, "OtherBackEndInUse"))
                      .contains("kubelet left its chains in iptables-nft too", "Boot the node"));
      eventually("said on the policy")
          .untilAsserted(
              () -> {
                assertThat(statuses.condition("web", "Programmed"))
                    .isEqualTo("False NotEnforceable");
                assertThat(statuses.message("web", "Programmed"))
                    .startsWith("enforced on 2 of 2 nodes");
              });
    } finally {
      eleven.run("ip", "link", "del", "cilium_host");
      eleven.run("iptables-legacy", "-X", "HFW-STRAY");
      for (var backend : List.of("nft", "legacy")) {
        twelve.run("iptables-" + backend, "-t", "mangle", "-X", "KUBE-IPTABLES-HINT");
      }
    }
    eventually("the link is forgotten").until(() -> eleven.standing().equals(before));
  }
}
