package io.hostfirewall.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeState;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateStatus;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicy;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicyStatus;
import io.hostfirewall.api.v1alpha1.HostFirewallRevision;
import io.hostfirewall.api.v1alpha1.NodePhase;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The whole way: a policy given to kubectl decides packets on nodes, and its status says so. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PolicyClusterIT {

  private static final int WEB = 80;
  private static final int OTHER = 8080;
  private static final int SSH = 2222;

  /** How long a first node is waited for that is away; more than any of its answers takes here. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

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
  private String untouched = "";

  @BeforeAll
  void two_nodes_and_an_operator() {
    cluster.installRights();
    eleven = new ClusterNode(cluster, 11, "nft", WEB, OTHER);
    twelve = new ClusterNode(cluster, 12, "legacy", WEB, OTHER);
    touchTables(eleven, "nft");
    touchTables(twelve, "legacy");
    untouched = eleven.rules("nft") + twelve.rules("legacy");
    operator =
        Operator.with(cluster, Map.of("HOSTFIREWALL_FIRST_NODE_PATIENCE", PATIENCE.toString()));
    operator.start();
    eleven.agent().start();
    twelve.agent().start();
  }

  /**
   * Once a table was used its empty built-in chains stay, so they are made before they are
   * compared.
   */
  private static void touchTables(ClusterNode node, String backend) {
    for (var tool : List.of("iptables-" + backend, "ip6tables-" + backend)) {
      for (var chain : List.of("PREROUTING", "OUTPUT")) {
        node.run(tool, "-t", "raw", "-A", chain, "-p", "esp", "-j", "ACCEPT");
      }
      for (var chain : List.of("INPUT", "FORWARD", "OUTPUT")) {
        node.run(tool, "-A", chain, "-p", "esp", "-j", "ACCEPT");
      }
    }
  }

  @BeforeEach
  void all_run_and_nothing_is_closed() {
    eventually("both nodes open").until(() -> eleven.accepts(OTHER) && twelve.accepts(OTHER));
  }

  @AfterEach
  void no_policy() {
    cluster.admin().run("delete", "hfp", "--all");
    for (var program : new RunningProgram[] {operator, eleven.agent(), twelve.agent()}) {
      if (!program.isRunning()) {
        program.start();
      }
    }
    eventually("nothing of ours left")
        .untilAsserted(
            () -> assertThat(eleven.rules("nft") + twelve.rules("legacy")).isEqualTo(untouched));
  }

  @AfterAll
  void end() {
    eleven.close();
    twelve.close();
    operator.close();
    cluster.close();
  }

  private void apply(String yaml) {
    cluster.admin().runWith(yaml, "apply", "-f", "-");
  }

  private static ConditionFactory eventually(String what) {
    return await(what).atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(100));
  }

  private Optional<HostFirewallPolicyStatus> status(String policy) {
    return Optional.ofNullable(
            cluster.client().resources(HostFirewallPolicy.class).withName(policy).get())
        .map(HostFirewallPolicy::getStatus);
  }

  private String condition(String policy, String type) {
    return status(policy)
        .map(HostFirewallPolicyStatus::conditions)
        .flatMap(
            conditions -> conditions.stream().filter(c -> c.getType().equals(type)).findFirst())
        .map(PolicyClusterIT::words)
        .orElse("absent");
  }

  private static String words(Condition condition) {
    return condition.getStatus() + " " + condition.getReason();
  }

  private Optional<HostFirewallNodeStateStatus> state(ClusterNode node) {
    return Optional.ofNullable(
            cluster.client().resources(HostFirewallNodeState.class).withName(node.name()).get())
        .map(HostFirewallNodeState::getStatus);
  }

  private void ready(String policy, int nodes) {
    eventually(policy + " ready on " + nodes)
        .untilAsserted(
            () -> {
              assertThat(condition(policy, "Ready")).startsWith("True");
              assertThat(status(policy).orElseThrow().nodes().applied()).isEqualTo(nodes);
              assertThat(status(policy).orElseThrow().observedGeneration())
                  .isEqualTo(generation(policy));
            });
  }

  private long generation(String policy) {
    return cluster
        .client()
        .resources(HostFirewallPolicy.class)
        .withName(policy)
        .get()
        .getMetadata()
        .getGeneration();
  }

  @Test
  void the_web_server_policy_is_enforced_and_reported_on_both_nodes() throws IOException {
    apply(Files.readString(ControlPlane.PROJECT.resolve("examples/web-server.yaml")));

    ready("web-server", 2);
    assertThat(eleven.accepts(WEB)).isTrue();
    assertThat(twelve.accepts(WEB)).isTrue();
    assertThat(eleven.accepts(OTHER)).isFalse();
    assertThat(twelve.accepts(OTHER)).isFalse();
    assertThat(state(eleven).orElseThrow().state()).isEqualTo(NodePhase.APPLIED);
    assertThat(state(eleven).orElseThrow().revision())
        .isEqualTo(status("web-server").orElseThrow().revision())
        .startsWith("hfr-");
    assertThat(state(eleven).orElseThrow().backend()).isEqualTo("nft");
    assertThat(state(twelve).orElseThrow().backend()).isEqualTo("legacy");
    assertThat(cluster.admin().run("get", "hfp,hfns")).contains("web-server", "node-11", "node-12");
  }

  @Test
  void an_edit_is_enforced() {
    apply(NOTHING_BUT_WEB);
    ready("web", 2);

    apply(NOTHING_BUT_WEB.replace("port: 80", "port: 8080"));

    ready("web", 2);
    assertThat(eleven.accepts(OTHER)).isTrue();
    assertThat(eleven.accepts(WEB)).isFalse();
  }

  @Test
  void what_fails_on_the_first_node_reaches_no_other_until_it_is_mended() throws IOException {
    var withSsh =
        NOTHING_BUT_WEB + "  - {name: ssh, action: Accept, ports: [{protocol: TCP, port: 2222}]}\n";
    try (var _ = new SshServer(eleven, SSH)) {
      apply(withSsh);
      ready("web", 2);
      var before = status("web").orElseThrow().revision();
      try (var _ = session(eleven)) {
        apply(NOTHING_BUT_WEB);

        eventually("stopped").until(() -> condition("web", "Stalled").startsWith("True"));
        assertThat(condition("web", "Programmed")).isEqualTo("False RolloutStopped");
        assertThat(condition("web", "Reconciling")).startsWith("False");
        assertThat(message("web", "Stalled")).contains("node-11", "WouldLockOut", "port 2222");
        assertThat(state(eleven).orElseThrow().state()).isEqualTo(NodePhase.ROLLED_BACK);
        for (var node : List.of(eleven, twelve)) {
          assertThat(state(node).orElseThrow().revision()).isEqualTo(before);
        }
        assertThat(told(eleven)).isNotEqualTo(before);
        assertThat(told(twelve)).isEqualTo(before);

        apply(withSsh.replace("port: 80}", "port: 8080}"));

        ready("web", 2);
        assertThat(twelve.accepts(OTHER)).isTrue();

        apply(NOTHING_BUT_WEB);
        eventually("stopped").until(() -> condition("web", "Stalled").startsWith("True"));
        assertThat(twelve.accepts(OTHER)).isTrue();
      }
      // Nobody is locked out any more: the first node tries again by itself, and the other follows.
      ready("web", 2);
      assertThat(twelve.accepts(OTHER)).isFalse();
    }
  }

  /** Somebody who is connected by SSH. */
  private static Socket session(ClusterNode node) throws IOException {
    var socket = new Socket(node.address(), SSH);
    assertThat(socket.getInputStream().readNBytes(3)).asString().isEqualTo("SSH");
    return socket;
  }

  private String told(ClusterNode node) {
    return cluster
        .client()
        .resources(HostFirewallNodeState.class)
        .withName(node.name())
        .get()
        .getSpec()
        .revision();
  }

  private String message(String policy, String type) {
    return status(policy).orElseThrow().conditions().stream()
        .filter(c -> c.getType().equals(type))
        .map(Condition::getMessage)
        .collect(Collectors.joining());
  }

  @Test
  void a_relabelled_node_is_selected_and_released_again() {
    apply(
        NOTHING_BUT_WEB.replace(
            "nodeSelector: {}",
            "nodeSelector: {matchExpressions: [{key: role, operator: In, values: [web]}]}"));
    eventually("nobody selected")
        .until(() -> condition("web", "Ready").endsWith("NoNodesSelected"));

    eleven.register(Map.of("role", "web"));
    ready("web", 1);
    assertThat(eleven.accepts(OTHER)).isFalse();
    assertThat(twelve.accepts(OTHER)).isTrue();

    cluster.admin().run("label", "node", "node-11", "role-");
    eventually("open again").until(() -> eleven.accepts(OTHER));
    eventually("nobody selected")
        .until(() -> condition("web", "Ready").endsWith("NoNodesSelected"));
  }

  @Test
  void two_policies_on_one_node_are_evaluated_by_priority() {
    apply(NOTHING_BUT_WEB);
    apply(
        """
        apiVersion: hostfirewall.io/v1alpha1
        kind: HostFirewallPolicy
        metadata: {name: no-web}
        spec:
          nodeSelector: {}
          priority: 100
          ingress:
          - {name: web, action: Deny, ports: [{protocol: TCP, port: 80}]}
          - {name: other, action: Accept, ports: [{protocol: TCP, port: 8080}]}
        """);

    ready("web", 2);
    ready("no-web", 2);
    assertThat(status("web").orElseThrow().revision())
        .isEqualTo(status("no-web").orElseThrow().revision());
    assertThat(eleven.accepts(WEB)).isFalse();
    assertThat(eleven.accepts(OTHER)).isTrue();

    cluster.admin().run("delete", "hfp", "no-web");
    eventually("the other alone").until(() -> eleven.accepts(WEB) && !eleven.accepts(OTHER));
  }

  @Test
  void what_the_kernel_cannot_keep_is_refused_while_the_last_good_stays() {
    apply(NOTHING_BUT_WEB);
    ready("web", 2);

    apply(
        NOTHING_BUT_WEB.replace(
            "action: Accept", "action: Accept, rateLimit: {limit: 9999, unit: Second, burst: 10}"));

    eventually("refused").until(() -> condition("web", "Accepted").startsWith("False"));
    assertThat(condition("web", "Stalled")).startsWith("True");
    assertThat(condition("web", "Reconciling")).doesNotStartWith("True");
    assertThat(
            cluster
                .admin()
                .run(
                    "get",
                    "hfp",
                    "web",
                    "-o",
                    "jsonpath={.status.conditions[?(@.type=='Accepted')].message}"))
        .contains("spec.ingress[0].rateLimit.limit")
        .contains("the kernel cannot keep 9999 per second");
    assertThat(eleven.accepts(WEB)).isTrue();
    assertThat(eleven.accepts(OTHER)).isFalse();
  }

  @Test
  void a_node_that_joins_is_closed_before_it_counts() {
    apply(NOTHING_BUT_WEB);
    ready("web", 2);

    try (var thirteen = new ClusterNode(cluster, 13, "nft", OTHER)) {
      thirteen.agent().start();
      eventually("three applied").until(() -> status("web").orElseThrow().nodes().applied() == 3);
      assertThat(thirteen.accepts(OTHER)).isFalse();
    }
    ready("web", 2);
    eventually("its state is collected")
        .until(
            () ->
                cluster.client().resources(HostFirewallNodeState.class).withName("node-13").get()
                    == null);
  }

  @Test
  void a_foreign_flush_is_healed() {
    apply(NOTHING_BUT_WEB);
    ready("web", 2);

    eleven.run("iptables-nft", "-F", "HFW-INPUT");
    twelve.run("iptables-legacy", "-D", "INPUT", "1");

    eventually("nft healed").until(() -> !eleven.accepts(OTHER));
    eventually("legacy healed").until(() -> !twelve.accepts(OTHER));
  }

  @Test
  void an_operator_that_was_away_catches_up() {
    apply(NOTHING_BUT_WEB);
    ready("web", 2);
    operator.kill();
    apply(NOTHING_BUT_WEB.replace("port: 80", "port: 8080"));

    operator.start();

    ready("web", 2);
    assertThat(eleven.accepts(OTHER)).isTrue();
    assertThat(eleven.accepts(WEB)).isFalse();
  }

  @Test
  void an_agent_that_was_away_left_its_rules_and_catches_up() {
    apply(NOTHING_BUT_WEB);
    ready("web", 2);
    eleven.agent().kill();
    assertThat(eleven.accepts(OTHER)).isFalse();
    apply(NOTHING_BUT_WEB.replace("port: 80", "port: 8080"));
    eventually("the other node is there")
        .until(() -> status("web").orElseThrow().nodes().applied() == 1);
    assertThat(eleven.accepts(WEB)).isTrue();

    eleven.agent().start();

    ready("web", 2);
    assertThat(eleven.accepts(OTHER)).isTrue();
  }

  @Test
  void an_agent_that_is_told_to_end_leaves_rules_that_the_next_one_adopts() {
    apply(NOTHING_BUT_WEB);
    ready("web", 2);
    for (var node : List.of(eleven, twelve)) {
      var backend = node == eleven ? "nft" : "legacy";
      eventually("counted").until(() -> node.accepts(WEB) && met(node, backend) > 0);
      var before = met(node, backend);
      var rules = identity(node, backend);
      var told = System.nanoTime();
      node.agent().stop();
      assertThat(Duration.ofNanos(System.nanoTime() - told)).isLessThan(Duration.ofSeconds(3));
      assertThat(node.ask("/livez")).as("ended").isEmpty();
      assertThat(node.accepts(WEB)).isTrue();
      assertThat(node.accepts(OTHER)).isFalse();

      node.agent().start();

      eventually("ready").until(() -> node.ask("/readyz").isPresent());
      assertThat(identity(node, backend)).isEqualTo(rules);
      assertThat(met(node, backend)).as("counters go on").isGreaterThan(before);
      // Ready as soon as what was confirmed was found standing; then the cluster asks for the same.
      eventually("told by the cluster")
          .until(
              () ->
                  node.ask("/metrics")
                      .orElseThrow()
                      .contains("desired_revision_info{revision=\"hfr-"));
      assertThat(node.ask("/metrics").orElseThrow())
          .contains("applies_total{result=\"success\"} 0.0")
          .contains("applied_revision_info{revision=\"hfr-");
    }
    ready("web", 2);
  }

  @Test
  void rules_that_were_loaded_again_are_seen_to_be_others() {
    apply(NOTHING_BUT_WEB);
    ready("web", 2);
    for (var node : List.of(eleven, twelve)) {
      var backend = node == eleven ? "nft" : "legacy";
      eventually("counted").until(() -> node.accepts(WEB) && met(node, backend) > 0);
      var before = met(node, backend);
      var rules = identity(node, backend);

      var web = node.rules(backend).lines().filter(l -> l.contains("web/web")).findFirst();
      node.run("iptables-" + backend, "-F", web.orElseThrow().split(" ", 3)[1]);

      eventually("healed").until(() -> node.rules(backend).contains(web.get()));
      assertThat(met(node, backend)).isLessThan(before);
      if (backend.equals("nft")) {
        assertThat(identity(node, backend)).isNotEqualTo(rules);
      }
    }
  }

  /** How many packets the rule that opens the web has met, in IPv4. */
  private static long met(ClusterNode node, String backend) {
    return node.run("iptables-" + backend + "-save", "-c")
        .lines()
        .filter(line -> line.contains("web/web"))
        .mapToLong(line -> Long.parseLong(line.substring(1, line.indexOf(':'))))
        .sum();
  }

  /** The rules, on nft by the handles that the kernel gave them when they were loaded. */
  private static String identity(ClusterNode node, String backend) {
    return backend.equals("nft")
        ? node.run("nft", "-a", "list", "ruleset").replaceAll("packets \\d+ bytes \\d+", "")
        : node.rules(backend);
  }

  @Test
  void without_an_api_server_the_rules_stay_and_are_healed() {
    apply(NOTHING_BUT_WEB);
    ready("web", 2);
    cluster.killApiServer();
    try {
      eleven.run("iptables-nft", "-F", "HFW-INPUT");
      eventually("healed without it").until(() -> !eleven.accepts(OTHER));
      assertThat(twelve.accepts(OTHER)).isFalse();
      assertThat(twelve.accepts(WEB)).isTrue();
    } finally {
      cluster.startApiServer();
    }

    apply(NOTHING_BUT_WEB.replace("port: 80", "port: 8080"));

    ready("web", 2);
    assertThat(eleven.accepts(OTHER)).isTrue();
  }

  @Test
  void nonsense_from_the_api_server_changes_nothing_and_is_survived() {
    apply(NOTHING_BUT_WEB);
    ready("web", 2);
    try (var proxy = new ApiServerProxy(cluster);
        var thirteen = new ClusterNode(cluster, 13, "nft", proxy::through, Map.of(), WEB, OTHER)) {
      thirteen.agent().start();
      ready("web", 3);
      var before = state(thirteen).orElseThrow().revision();
      var failuresInPeace = failures(thirteen);

      proxy.misbehave();
      apply(NOTHING_BUT_WEB.replace("port: 80", "port: 8080"));
      eventually("the others have it")
          .until(() -> status("web").orElseThrow().nodes().applied() == 2);
      await("every fault was met")
          .atMost(Duration.ofSeconds(90))
          .until(() -> proxy.met().size() == ApiServerProxy.Fault.values().length);

      assertThat(state(thirteen).orElseThrow().revision()).isEqualTo(before);
      assertThat(thirteen.accepts(WEB)).isTrue();
      assertThat(thirteen.accepts(OTHER)).isFalse();
      thirteen.run("iptables-nft", "-F", "HFW-INPUT");
      eventually("healed").until(() -> !thirteen.accepts(OTHER));
      assertThat(failures(thirteen)).isGreaterThan(failuresInPeace + 2);
      assertThat(thirteen.ask("/readyz")).isPresent();

      proxy.behave();
      await("recovered")
          .atMost(Duration.ofSeconds(90))
          .until(() -> status("web").orElseThrow().nodes().applied() == 3);
      assertThat(thirteen.accepts(OTHER)).isTrue();
      assertThat(thirteen.accepts(WEB)).isFalse();
    }
    ready("web", 2);
  }

  /** How often an agent was not answered as it should. */
  private static double failures(ClusterNode node) {
    return node.ask("/metrics")
        .orElseThrow()
        .lines()
        .filter(line -> line.startsWith("hostfirewall_agent_api_server_failures_total "))
        .mapToDouble(line -> Double.parseDouble(line.split(" ", 2)[1]))
        .sum();
  }

  @Test
  void an_agent_that_starts_without_an_api_server_enforces_what_was_confirmed() {
    apply(NOTHING_BUT_WEB);
    ready("web", 2);
    cluster.killApiServer();
    try {
      eleven.agent().kill();
      twelve.agent().kill();
      eleven.run("iptables-nft", "-F", "HFW-INPUT");
      twelve.run("iptables-legacy", "-F", "HFW-INPUT");
      assertThat(eleven.accepts(OTHER)).as("nobody is there").isTrue();
      assertThat(twelve.accepts(OTHER)).as("nobody is there").isTrue();

      eleven.agent().start();
      twelve.agent().start();

      eventually("closed").until(() -> !eleven.accepts(OTHER) && !twelve.accepts(OTHER));
      assertThat(eleven.accepts(WEB)).isTrue();
      assertThat(twelve.accepts(WEB)).isTrue();
    } finally {
      cluster.startApiServer();
    }
    ready("web", 2);
  }

  @Test
  void an_object_that_somebody_deletes_is_made_again_and_changes_nothing() {
    apply(NOTHING_BUT_WEB);
    ready("web", 2);

    cluster.admin().run("delete", "hfns,hfrev", "--all");

    eventually("states are back")
        .until(() -> state(eleven).isPresent() && state(twelve).isPresent());
    ready("web", 2);
    assertThat(eleven.accepts(OTHER)).isFalse();
    assertThat(cluster.client().resources(HostFirewallRevision.class).list().getItems())
        .isNotEmpty();
  }
}
