package io.hostfirewall.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hostfirewall.e2e.cluster.ClusterNode;
import io.hostfirewall.e2e.cluster.Damage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** What an agent at rest costs a node, and how soon it puts each kind of damage back. */
final class WatchBench {

  private static final Duration REST = Duration.ofSeconds(60);
  private static final int TIMES = 3;

  /** Of {@code cutime} and {@code cstime} in {@code /proc/PID/stat}: USER_HZ is 100 on Linux. */
  private static final double TICK_NANOS = 10e6;

  private final ClusterNode node;
  private final double heal;
  private final double rest;

  private WatchBench(ClusterNode node, double heal, double rest) {
    this.node = node;
    this.heal = heal;
    this.rest = rest;
  }

  /**
   * With the budgets of the node's back end: nft tells when rules change, legacy has to be looked
   * at.
   */
  static WatchBench of(ClusterNode node) {
    return node.backend().equals("nft")
        ? new WatchBench(node, 1000, 0.05)
        : new WatchBench(node, 6000, 0.2);
  }

  void measure(Table table) {
    var on = " (" + node.backend() + ")";
    Rest.usual(); // a node that has just joined is still told of others
    var before = node.standing();
    for (var damage : Damage.all().toList()) {
      var heals = new Samples();
      for (int i = 0; i < TIMES; i++) {
        heals.addNanos(heal(damage, before));
      }
      table.add(damage + on + ": healed, longest of " + TIMES, heals.max(), "ms", heal);
    }
    table.add("agent and its watchers at rest" + on, restingPercent(), "% of a core", rest);
  }

  private long heal(Damage damage, String before) {
    damage.on(node);
    var start = System.nanoTime();
    await(damage + " on " + node.backend())
        .atMost(Duration.ofSeconds(30))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .untilAsserted(() -> assertThat(node.standing()).isEqualTo(before));
    return System.nanoTime() - start;
  }

  /** Processor time of the agent, of the programs that it runs, and of those that have ended. */
  private double restingPercent() {
    Rest.usual();
    var start = System.nanoTime();
    var before = processorNanos();
    Rest.of(REST);
    return 100.0 * (processorNanos() - before) / (System.nanoTime() - start);
  }

  private double processorNanos() {
    var agent = ProcessHandle.of(node.agent().pid()).orElseThrow();
    return Stream.concat(Stream.of(agent), agent.descendants())
            .mapToDouble(process -> living(process.pid()))
            .sum()
        + ended(agent.pid());
  }

  /** By the scheduler, in nanoseconds; threads that ended since are left out. */
  private static double living(long pid) {
    try (var threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
      double nanos = 0;
      for (var thread : threads.toList()) {
        nanos += Long.parseLong(Files.readString(thread.resolve("schedstat")).split(" ", 2)[0]);
      }
      return nanos;
    } catch (IOException e) {
      return 0; // it has ended
    }
  }

  private static double ended(long pid) {
    try {
      var stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) * TICK_NANOS;
    } catch (IOException e) {
      throw new IllegalStateException("the agent has ended", e);
    }
  }
}
