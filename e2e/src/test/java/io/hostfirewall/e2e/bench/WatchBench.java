package io.hostfirewall.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hostfirewall.e2e.cluster.ClusterNode;
import io.hostfirewall.e2e.cluster.Damage;
import io.hostfirewall.e2e.lab.ProcessorTime;
import java.time.Duration;

/** What an agent at rest costs a node, and how soon it puts each kind of damage back. */
final class WatchBench {

  private static final Duration REST = Duration.ofSeconds(60);
  private static final int TIMES = 3;

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

  private double restingPercent() {
    Rest.usual();
    var agent = ProcessHandle.of(node.agent().pid()).orElseThrow();
    var start = System.nanoTime();
    var before = ProcessorTime.nanos(agent);
    Rest.of(REST);
    return 100.0 * (ProcessorTime.nanos(agent) - before) / (System.nanoTime() - start);
  }
}
