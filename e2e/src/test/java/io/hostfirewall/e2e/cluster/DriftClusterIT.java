package io.hostfirewall.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeState;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateStatus;
import io.hostfirewall.api.v1alpha1.NodePhase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Somebody changes our rules; the agent notices, puts them back, and says so. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DriftClusterIT {

  private static final int WEB = 80;
  private static final int OTHER = 8080;
  private static final String ABOVE = "-p tcp -m tcp --dport 8080 -j ACCEPT";

  private static final String NOTHING_BUT_WEB =
      """
      apiVersion: hostfirewall.io/v1alpha1
      kind: HostFirewallPolicy
      metadata: {name: web}
      spec:
        nodeSelector: {}
        ingress:
        - {name: web, action: Accept, ports: [{protocol: TCP, port: 80}]}
      """;

  private final ControlPlane cluster = ControlPlane.start();
  private ClusterNode eleven;
  private ClusterNode twelve;
  private RunningProgram operator;

  /**
   * What somebody does.
   *
   * @param script in which IPT is iptables of the node's back end, and SET the set of all nodes
   * @param said a word of what the agent says of it
   */
  record Damage(String name, String script, String said) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Damage> damages() {
    return Stream.of(
        new Damage("a dispatcher is flushed", "$IPT -F HFW-INPUT", "dispatchers of filter"),
        new Damage("everything is flushed", "$IPT -F", "0 jumps to HFW-INPUT"),
        new Damage("a jump is deleted", "$IPT -D INPUT 1", "0 jumps to HFW-INPUT"),
        new Damage("a jump is doubled", "$IPT -A INPUT -j HFW-INPUT", "2 jumps to HFW-INPUT"),
        new Damage(
            "a rule is put into our chain",
            "$IPT -I $($IPT -S | sed -n 's/^-N \\(HFW-RULES-.*\\)/\\1/p') 1 -j ACCEPT",
            "rule 1 of chain HFW-RULES"),
        new Damage("a set is flushed", "ipset flush $SET", "does not hold what it should"),
        new Damage(
            "a set holds another network",
            "ipset del $SET 10.99.0.11; ipset add $SET 203.0.113.9",
            "does not hold what it should"),
        new Damage("a set is destroyed", "$IPT -F; $IPT -X; ipset destroy $SET", "0 jumps"),
        new Damage("tables are emptied", "$CLEAR", "0 jumps"));
  }

  @BeforeAll
  void a_policy_is_in_force_on_two_nodes() {
    cluster.installRights();
    eleven = new ClusterNode(cluster, 11, "nft", WEB, OTHER);
    twelve = new ClusterNode(cluster, 12, "legacy", WEB, OTHER);
    operator = Operator.of(cluster);
    operator.start();
    eleven.agent().start();
    twelve.agent().start();
    cluster.admin().runWith(NOTHING_BUT_WEB, "apply", "-f", "-");
    for (var node : List.of(eleven, twelve)) {
      eventually("applied")
          .until(() -> !node.accepts(OTHER) && phase(node).equals(Optional.of(NodePhase.APPLIED)));
    }
  }

  @AfterAll
  void end() {
    eleven.close();
    twelve.close();
    operator.close();
    cluster.close();
  }

  private static ConditionFactory eventually(String what) {
    return await(what).atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50));
  }

  private static String backEnd(ClusterNode node) {
    return node.name().equals("node-11") ? "nft" : "legacy";
  }

  private Optional<HostFirewallNodeStateStatus> status(ClusterNode node) {
    return Optional.ofNullable(
            cluster.client().resources(HostFirewallNodeState.class).withName(node.name()).get())
        .map(HostFirewallNodeState::getStatus);
  }

  private Optional<NodePhase> phase(ClusterNode node) {
    return status(node).map(HostFirewallNodeStateStatus::state);
  }

  private Optional<Condition> condition(ClusterNode node, String type) {
    return status(node).stream()
        .flatMap(status -> status.conditions().stream())
        .filter(condition -> condition.getType().equals(type))
        .findFirst();
  }

  private String programmed() {
    return cluster
        .admin()
        .run(
            "get",
            "hfp",
            "web",
            "-o",
            "jsonpath={range .status.conditions[?(@.type=='Programmed')]}{.status} {.reason} {.message}{end}");
  }

  private String message(ClusterNode node, String type) {
    return condition(node, type).map(Condition::getMessage).orElse("no such condition");
  }

  private String events(ClusterNode node) {
    return cluster.client().v1().events().inNamespace("default").list().getItems().stream()
        .filter(event -> node.name().equals(event.getInvolvedObject().getName()))
        .map(event -> event.getReason() + " " + event.getMessage())
        .collect(Collectors.joining("\n"));
  }

  /** All rules and sets, without counters and in an order of their own. */
  private static String standing(ClusterNode node) {
    var sets =
        node.run("ipset", "save")
            .lines()
            .map(line -> line.replaceAll(" initval \\S+", ""))
            .sorted()
            .collect(Collectors.joining("\n"));
    return node.rules(backEnd(node)) + sets;
  }

  private static void damage(ClusterNode node, Damage damage) {
    var ipt = "iptables-" + backEnd(node);
    var clear =
        backEnd(node).equals("nft")
            ? "nft flush ruleset"
            : "for p in iptables ip6tables; do for t in raw filter; do $p-legacy -t $t -F; $p-legacy -t $t -X; done; done";
    var prepare =
        "set -e; IPT=%s; SET=$(ipset save | sed -n 's/^add \\(hfw4-a-[^ ]*\\) 10.99.0.11$/\\1/p'); "
            .formatted(ipt);
    node.run("sh", "-c", prepare + damage.script().replace("$CLEAR", clear));
  }

  @ParameterizedTest
  @MethodSource("damages")
  void it_is_put_back_and_reported(Damage damage) {
    for (var node : List.of(eleven, twelve)) {
      var before = standing(node);
      damage(node, damage);
      var start = System.nanoTime();

      eventually(node.name() + " healed").until(() -> standing(node).equals(before));

      var took = Duration.ofNanos(System.nanoTime() - start);
      System.out.printf("%s, %s: %d ms%n", damage, backEnd(node), took.toMillis());
      assertThat(took).isLessThan(Duration.ofSeconds(backEnd(node).equals("nft") ? 3 : 9));
      eventually("said")
          .untilAsserted(
              () -> {
                assertThat(message(node, "Drifted")).contains(damage.said());
                assertThat(phase(node)).contains(NodePhase.APPLIED);
                assertThat(events(node)).contains("DriftHealed").contains(damage.said());
              });
    }
  }

  @Test
  void what_is_done_while_no_agent_lives_stays_done() {
    for (var node : List.of(eleven, twelve)) {
      node.agent().kill();
      var before = standing(node);
      damage(node, damages().findFirst().orElseThrow());
      assertThat(standing(node)).isNotEqualTo(before);
      assertThat(node.accepts(OTHER)).isTrue();
      assertThat(standing(node)).isNotEqualTo(before);

      node.agent().start();

      eventually(node.name() + " healed").until(() -> standing(node).equals(before));
      assertThat(node.accepts(OTHER)).isFalse();
    }
  }

  @Test
  void who_puts_himself_above_us_is_overtaken_once_a_minute() {
    for (var node : List.of(eleven, twelve)) {
      var ipt = "iptables-" + backEnd(node);
      node.run("sh", "-c", ipt + " -I INPUT 1 " + ABOVE);
      eventually("overtaken").until(() -> !node.accepts(OTHER));
      assertThat(node.run(ipt, "-S", "INPUT")).contains(ABOVE);

      node.run("sh", "-c", ipt + " -D INPUT " + ABOVE + "; " + ipt + " -I INPUT 1 " + ABOVE);

      eventually("said")
          .untilAsserted(
              () -> {
                assertThat(message(node, "JumpContested"))
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
    twelve.run("iptables-legacy", "-A", "INPUT", "-p", "udp", "-j", "DROP");
    eventually("said")
        .untilAsserted(
            () ->
                assertThat(message(twelve, "ForeignDropBelow"))
                    .contains("-A INPUT -p udp -j DROP"));
    assertThat(phase(twelve)).contains(NodePhase.APPLIED);

    twelve.run("iptables-legacy", "-D", "INPUT", "-p", "udp", "-j", "DROP");
    eventually("gone").until(() -> condition(twelve, "ForeignDropBelow").isEmpty());
  }

  @Test
  void rules_of_ours_in_the_other_back_end_are_named_and_so_is_who_answers_for_services() {
    eleven.run("iptables-legacy", "-N", "HFW-STRAY");
    eleven.run("ip", "link", "add", "cilium_host", "type", "bridge");
    try {
      await("said")
          .atMost(Duration.ofSeconds(90))
          .untilAsserted(
              () ->
                  assertThat(message(eleven, "OtherBackEndInUse"))
                      .contains("rules of ours stand in iptables-legacy too"));
      eventually("said too")
          .untilAsserted(
              () -> assertThat(message(eleven, "NotEnforceable")).contains("NodePorts", "Cilium"));
      assertThat(condition(twelve, "NotEnforceable")).isEmpty();
      assertThat(phase(eleven)).contains(NodePhase.APPLIED);
      eventually("said on the policy")
          .until(() -> programmed().contains("False NotEnforceable enforced on 2 of 2 nodes"));
    } finally {
      eleven.run("ip", "link", "del", "cilium_host");
      eleven.run("iptables-legacy", "-X", "HFW-STRAY");
    }
  }
}
