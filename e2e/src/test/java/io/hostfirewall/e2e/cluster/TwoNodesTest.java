package io.hostfirewall.e2e.cluster;

import static io.hostfirewall.e2e.cluster.SmallCluster.OTHER;
import static io.hostfirewall.e2e.cluster.SmallCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/** Each test begins with two open nodes, and leaves their rules as they were before the first. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TwoNodesTest {

  /** How long a first node is waited for that is away; more than any of its answers takes here. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  final SmallCluster cluster =
      new SmallCluster(
          Map.of("HOSTFIREWALL_FIRST_NODE_PATIENCE", PATIENCE.toString()), "nft", "legacy");

  final Statuses statuses = cluster.statuses();
  final ClusterNode eleven = cluster.nodes().getFirst();
  final ClusterNode twelve = cluster.nodes().getLast();
  private String untouched = "";

  @BeforeAll
  void all_run() {
    cluster.nodes().forEach(TwoNodesTest::touchTables);
    untouched = rules();
    cluster.start();
  }

  /**
   * Once a table was used its empty built-in chains stay, so they are made before they are
   * compared.
   */
  private static void touchTables(ClusterNode node) {
    for (var family : new String[] {"iptables-", "ip6tables-"}) {
      var tool = family + node.backend();
      for (var chain : new String[] {"PREROUTING", "OUTPUT"}) {
        node.run(tool, "-t", "raw", "-A", chain, "-p", "esp", "-j", "ACCEPT");
      }
      for (var chain : new String[] {"INPUT", "FORWARD", "OUTPUT"}) {
        node.run(tool, "-A", chain, "-p", "esp", "-j", "ACCEPT");
      }
    }
  }

  private String rules() {
    return eleven.rules("nft") + twelve.rules("legacy");
  }

  @BeforeEach
  void nothing_is_closed() {
    eventually("both nodes open").until(() -> eleven.accepts(OTHER) && twelve.accepts(OTHER));
  }

  @AfterEach
  void no_policy() {
    cluster.admin().run("delete", "hfp", "--all");
    cluster.startWhatEnded();
    eventually("nothing of ours left")
        .untilAsserted(() -> assertThat(rules()).isEqualTo(untouched));
  }

  @AfterAll
  void end() {
    cluster.close();
  }
}
