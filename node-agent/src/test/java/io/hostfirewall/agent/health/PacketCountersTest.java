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

  private double counted(String metric, String action) {
    var snapshot =
        counters.collect().stream()
            .filter(one -> one.getMetadata().getName().equals("hostfirewall_agent_" + metric))
            .map(CounterSnapshot.class::cast)
            .findFirst()
            .orElseThrow();
    return snapshot.getDataPoints().stream()
        .filter(point -> action.equals(point.getLabels().get("action")))
        .filter(point -> "web".equals(point.getLabels().get("policy")))
        .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
        .sum();
  }

  private double packets(String action) {
    return counted("packets", action);
  }

  @Test
  void what_is_read_twice_is_counted_once() {
    see("aaa", 5, 1);
    see("aaa", 7, 1);

    assertThat(packets("Accept")).isEqualTo(7);
    assertThat(packets("Deny")).isEqualTo(1);
    assertThat(counted("bytes", "Accept")).as("bytes").isEqualTo(7 * 60);
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

  @Test
  void what_audited_policies_would_do_is_counted_apart_by_rule() {
    var saved =
        """
        *filter
        :HFW-A-FWD-RULES-aaa - [0:0]
        [3:120] -A HFW-A-FWD-RULES-aaa -p tcp -m comment --comment "(audit Deny) web/no-telnet" -j RETURN
        [2:80] -A HFW-A-FWD-RULES-aaa -m comment --comment "(audit Deny) (default) defaultActions.forward" -j RETURN
        COMMIT
        """;
    counters.seen(
        new Observed(Map.of(Family.IPV4, KernelState.read(Family.IPV4, saved)), List.of()));

    assertThat(packets("Deny")).isZero();
    assertThat(packets("Accept")).isZero();
    assertThat(counted("audited_packets", "Deny")).isEqualTo(3);
    var all = (CounterSnapshot) counters.collect().get(0);
    assertThat(all.getDataPoints())
        .extracting(point -> point.getLabels().toString())
        .containsExactlyInAnyOrder(
            "{action=\"Deny\",direction=\"forward\",family=\"ipv4\",policy=\"\",rule=\"defaultActions.forward\"}",
            "{action=\"Deny\",direction=\"forward\",family=\"ipv4\",policy=\"web\",rule=\"no-telnet\"}");
  }
}
