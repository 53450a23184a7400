package io.hostfirewall.e2e.bench;

import static org.awaitility.Awaitility.await;

import io.hostfirewall.e2e.cluster.ClusterNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** An agent that starts where its rules are already: until it has verified them. */
final class StartBench {

  private static final int STARTS = 9;

  /** Of {@code utime} and {@code stime} in {@code /proc/PID/stat}: USER_HZ is 100 on Linux. */
  private static final double TICK_MILLIS = 10;

  private final ClusterNode node;

  StartBench(ClusterNode node) {
    this.node = node;
  }

  void measure(Table table) throws IOException {
    var starts = new Samples();
    var work = new Samples();
    for (var i = 0; i < STARTS; i++) {
      node.agent().close();
      var begin = System.nanoTime();
      node.agent().start();
      await()
          .atMost(Duration.ofSeconds(20))
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(10))
          .until(() -> node.ask("/readyz").isPresent());
      starts.addNanos(System.nanoTime() - begin);
      work.addNanos((long) (processorMillis() * 1e6));
    }
    table.add("agent start to its rules verified, median", starts.median(), "ms", 1500);
    table.add("the same, processor time", work.median(), "ms", 1000);
  }

  private double processorMillis() throws IOException {
    var stat = Files.readString(Path.of("/proc/" + node.agent().pid() + "/stat"));
    var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_MILLIS;
  }
}
