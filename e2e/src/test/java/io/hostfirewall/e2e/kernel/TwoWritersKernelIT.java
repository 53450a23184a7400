package io.hostfirewall.e2e.kernel;

import static io.hostfirewall.e2e.kernel.Policies.policy;
import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.agent.transaction.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Another program writes its rules all the time while ours are applied and healed. */
@OnEveryBackEnd
class TwoWritersKernelIT extends KernelTest {

  private static final int TIMES = 12;

  private static String opening(int port) {
    return policy(
        "one",
        "ingress: [{name: open, action: Accept, ports: [{protocol: TCP, port: %d}]}]"
            .formatted(port));
  }

  @Test
  void nobody_loses_a_rule() {
    try (var writer = new SteadyWriter(topology.host(), setting.backEnd())) {
      host.apply(opening(8080 + TIMES));
      var alone = ours();
      writer.start();
      for (int i = 0; i <= TIMES; i++) {
        host.apply(opening(8080 + i));
        host.iptables("-F HFW-INPUT");
        assertThat(host.firewall().heal(opening(8080 + i))).isInstanceOf(Outcome.Healed.class);
      }

      assertThat(writer.end()).as("writes of the other").isGreaterThan(TIMES);
      assertThat(writer.refusals()).isEmpty();
      assertThat(writer.lost()).isEmpty();
      assertThat(ours()).isEqualTo(alone);
    }
  }

  @Test
  void who_restores_whole_tables_takes_the_other_ones_rules_back() {
    try (var writer = new SteadyWriter(topology.host(), setting.backEnd())) {
      var iptables = setting.backEnd().iptables(setting.family());
      var saved = topology.host().run(iptables + "-save");
      writer.write(1);
      assertThat(writer.lost(1)).isEmpty();

      topology.host().run(List.of(iptables + "-restore", "-w", "10"), saved);

      assertThat(writer.lost(1)).isNotEmpty();
    }
  }

  /** Our rules as they stand in both families. */
  private List<String> ours() {
    return host.rulesAtRest().lines().filter(line -> line.contains("HFW-")).toList();
  }
}
