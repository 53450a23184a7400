package io.hostfirewall.agent.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.agent.kernel.Observed;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.trial.KernelState;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PacketCountersTest {

  private final PacketCounters counters = new PacketCounters();

  private void see(String generation, int accepted, int denied) {
    var saved =
        """
        *filter
        :INPUT ACCEPT [0:0]
        :HFW-RULES-%1$s - [0:0]
        [%2$d:%4$d] -A HFW-RULES-%1$s -p tcp -m tcp --dport 80 -m comment --comment "web/http" -j RETURN
        [%3$d:%5$d] -A HFW-RULES-%1$s -m comment --comment "web#defaultActions.ingress" -j DROP
        COMMIT
        """
            .formatted(generation, accepted, denied, accepted * 60, denied * 40);
    counters.seen(
        new Observed(Map.of(Family.IPV4, KernelState.read(Family.IPV4, saved)), List.of()));
  }

  private double counted(int metric, String action) {
    var snapshot = (CounterSnapshot) counters.collect().get(metric);
    return snapshot.getDataPoints().stream()
        .filter(point -> action.equals(point.getLabels().get("action")))
        .filter(point -> "web".equals(point.getLabels().get("policy")))
        .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
        .sum();
  }

  private double packets(String action) {
    return counted(1, action);
  }

  @Test
  void what_is_read_twice_is_counted_once() {
    see("aaa", 5, 1);
    see("aaa", 7, 1);

    assertThat(packets("Accept")).isEqualTo(7);
    assertThat(packets("Deny")).isEqualTo(1);
    assertThat(counted(0, "Accept")).as("bytes").isEqualTo(7 * 60);
  }

  @Test
  void what_another_generation_met_is_added() {
    see("aaa", 7, 1);
    see("bbb", 2, 0);

    assertThat(packets("Accept")).isEqualTo(9);
  }

  @Test
  void a_flush_counts_nothing_twice_and_loses_nothing() {
    see("aaa", 7, 1);
    see("aaa", 3, 0);

    assertThat(packets("Accept")).isEqualTo(10);
    assertThat(packets("Deny")).isEqualTo(1);
  }
}
