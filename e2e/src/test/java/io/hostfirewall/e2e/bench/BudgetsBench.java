package io.hostfirewall.e2e.bench;

import io.hostfirewall.e2e.cluster.ClusterNode;
import io.hostfirewall.e2e.cluster.ControlPlane;
import io.hostfirewall.e2e.cluster.Operator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Prints the table of {@code make bench} to {@code target/bench.txt}. Machines differ and are
 * noisy: compare within one run.
 */
class BudgetsBench {

  private static final Path RESULT = Path.of("target/bench.txt");

  @Test
  void measure() throws IOException {
    var table = new Table();
    Files.deleteIfExists(RESULT);
    try (var cluster = ControlPlane.start()) {
      cluster.installRights();
      try (var node = new ClusterNode(cluster, 11, "nft", EditBench.PORT);
          var operator = Operator.of(cluster)) {
        operator.start();
        node.agent().start();
        new EditBench(cluster, node).measure(table);
        new StartBench(node).measure(table);
      }
    }
    for (var backend : new String[] {"nft", "legacy"}) {
      new ApplyBench(backend).measure(table);
    }
    Files.writeString(RESULT, table.toString());
  }
}
