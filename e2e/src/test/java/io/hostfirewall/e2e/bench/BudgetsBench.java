package io.hostfirewall.e2e.bench;

import static org.awaitility.Awaitility.await;

import io.hostfirewall.e2e.cluster.ClusterNode;
import io.hostfirewall.e2e.cluster.ControlPlane;
import io.hostfirewall.e2e.cluster.Operator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Prints the tables of {@code make bench} to {@code target/bench.txt}. Machines differ and are
 * noisy: compare within one run.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BudgetsBench {

  private static final Path RESULT = Path.of("target/bench.txt");

  @Test
  @Order(1)
  void one_node() throws IOException {
    var table = new Table();
    try (var cluster = ControlPlane.start()) {
      cluster.installRights();
      try (var node = new ClusterNode(cluster, 11, "nft", Door.PORT);
          var operator = Operator.of(cluster)) {
        operator.start();
        node.agent().start();
        new EditBench(cluster, node).measure(table);
        new StartBench(node).measure(table);
        WatchBench.of(node).measure(table);
        try (var legacy = new ClusterNode(cluster, 12, "legacy")) {
          legacy.agent().start();
          await().atMost(Duration.ofSeconds(30)).until(() -> legacy.ask("/readyz").isPresent());
          WatchBench.of(legacy).measure(table);
        }
      }
    }
    for (var backend : new String[] {"nft", "legacy"}) {
      new ApplyBench(backend).measure(table);
    }
    print(table);
  }

  @Test
  @Order(3)
  void address_sets() throws IOException {
    var table = new Table();
    new SetsBench().measure(table);
    print(table);
  }

  @Test
  @Order(2)
  void a_cluster_of_two_nodes_with_kubelets() throws IOException {
    var table = new Table();
    new NodesBench().measure(table);
    print(table);
  }

  @Test
  @Order(3)
  void many_rules() throws IOException {
    var table = new Table();
    new RulesBench().measure(table);
    print(table);
  }

  private static void print(Table table) throws IOException {
    Files.writeString(RESULT, table + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
