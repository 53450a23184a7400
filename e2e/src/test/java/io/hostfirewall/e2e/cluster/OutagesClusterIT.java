package io.hostfirewall.e2e.cluster;

import static io.hostfirewall.e2e.cluster.SmallCluster.NOTHING_BUT_OTHER;
import static io.hostfirewall.e2e.cluster.SmallCluster.NOTHING_BUT_WEB;
import static io.hostfirewall.e2e.cluster.SmallCluster.OTHER;
import static io.hostfirewall.e2e.cluster.SmallCluster.WEB;
import static io.hostfirewall.e2e.cluster.SmallCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Operator, agents and API server are away, or talk nonsense: rules stay, and edits arrive later.
 */
class OutagesClusterIT extends TwoNodesTest {

  /** How long the API server is faulty at least. */
  private static final Duration FAULTY =
      Duration.ofSeconds(Integer.getInteger("hostfirewall.faultSeconds", 0));

  @Test
  void an_operator_that_was_away_catches_up() {
    cluster.apply(NOTHING_BUT_WEB);
    cluster.awaitReady("web", 2);
    cluster.operator().kill();
    cluster.apply(NOTHING_BUT_OTHER);

    cluster.operator().start();

    cluster.awaitReady("web", 2);
    assertThat(eleven.accepts(OTHER)).isTrue();
    assertThat(eleven.accepts(WEB)).isFalse();
  }

  @Test
  void an_agent_that_was_away_left_its_rules_and_catches_up() {
    cluster.apply(NOTHING_BUT_WEB);
    cluster.awaitReady("web", 2);
    eleven.agent().kill();
    assertThat(eleven.accepts(OTHER)).isFalse();
    cluster.apply(NOTHING_BUT_OTHER);
    eventually("the other node is there")
        .until(() -> statuses.ofPolicy("web").orElseThrow().nodes().applied() == 1);
    assertThat(eleven.accepts(WEB)).isTrue();

    eleven.agent().start();

    cluster.awaitReady("web", 2);
    assertThat(eleven.accepts(OTHER)).isTrue();
  }

  @Test
  void an_agent_that_is_told_to_end_leaves_rules_that_the_next_one_adopts() {
    cluster.apply(NOTHING_BUT_WEB);
    cluster.awaitReady("web", 2);
    for (var node : List.of(eleven, twelve)) {
      var backend = node.backend();
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
    cluster.awaitReady("web", 2);
  }

  @Test
  void rules_that_were_loaded_again_are_seen_to_be_others() {
    cluster.apply(NOTHING_BUT_WEB);
    cluster.awaitReady("web", 2);
    for (var node : List.of(eleven, twelve)) {
      var backend = node.backend();
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
    cluster.apply(NOTHING_BUT_WEB);
    cluster.awaitReady("web", 2);
    cluster.controlPlane().killApiServer();
    try {
      eleven.run("iptables-nft", "-F", "HFW-INPUT");
      eventually("healed without it").until(() -> !eleven.accepts(OTHER));
      assertThat(twelve.accepts(OTHER)).isFalse();
      assertThat(twelve.accepts(WEB)).isTrue();
    } finally {
      cluster.controlPlane().startApiServer();
    }

    cluster.apply(NOTHING_BUT_OTHER);

    cluster.awaitReady("web", 2);
    assertThat(eleven.accepts(OTHER)).isTrue();
  }

  @Test
  void nonsense_from_the_api_server_changes_nothing_and_is_survived() {
    cluster.apply(NOTHING_BUT_WEB);
    cluster.awaitReady("web", 2);
    try (var proxy = new ApiServerProxy(cluster.controlPlane());
        var thirteen =
            new ClusterNode(
                cluster.controlPlane(), 13, "nft", proxy::through, Map.of(), WEB, OTHER)) {
      thirteen.agent().start();
      cluster.awaitReady("web", 3);
      var before = statuses.ofNode(thirteen).orElseThrow().revision();
      var failuresInPeace = failures(thirteen);

      proxy.misbehave();
      var end = System.nanoTime() + FAULTY.toNanos();
      cluster.apply(NOTHING_BUT_OTHER);
      eventually("the others have it")
          .until(() -> statuses.ofPolicy("web").orElseThrow().nodes().applied() == 2);
      await("every fault was met")
          .atMost(Duration.ofSeconds(90))
          .until(() -> proxy.met().size() == ApiServerProxy.Fault.values().length);

      do {
        assertThat(statuses.ofNode(thirteen).orElseThrow().revision()).isEqualTo(before);
        assertThat(thirteen.accepts(WEB)).isTrue();
        assertThat(thirteen.accepts(OTHER)).isFalse();
        thirteen.run("iptables-nft", "-F", "HFW-INPUT");
        eventually("healed").until(() -> !thirteen.accepts(OTHER));
      } while (System.nanoTime() < end);
      assertThat(failures(thirteen)).isGreaterThan(failuresInPeace + 2);
      assertThat(thirteen.ask("/readyz")).isPresent();

      proxy.behave();
      await("recovered")
          .atMost(Duration.ofSeconds(90))
          .until(() -> statuses.ofPolicy("web").orElseThrow().nodes().applied() == 3);
      assertThat(thirteen.accepts(OTHER)).isTrue();
      assertThat(thirteen.accepts(WEB)).isFalse();
    }
    cluster.awaitReady("web", 2);
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
    cluster.apply(NOTHING_BUT_WEB);
    cluster.awaitReady("web", 2);
    cluster.controlPlane().killApiServer();
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
      cluster.controlPlane().startApiServer();
    }
    cluster.awaitReady("web", 2);
  }
}
