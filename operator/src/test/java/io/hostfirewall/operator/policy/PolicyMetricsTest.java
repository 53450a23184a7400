package io.hostfirewall.operator.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.api.v1alpha1.NodeCounts;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class PolicyMetricsTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final PolicyMetrics metrics = new PolicyMetrics(registry);

  @Test
  void the_nodes_of_a_policy_are_told_by_state() {
    metrics.nodes("web", new NodeCounts(4, 4, 3, 0, 1, 0));
    assertThat(nodes("web", "applied")).isEqualTo(3);

    metrics.nodes("web", new NodeCounts(4, 4, 4, 0, 0, 0));
    assertThat(nodes("web", "applied")).isEqualTo(4);
    assertThat(nodes("web", "pending")).isZero();
  }

  @Test
  void a_deleted_policy_has_no_series() {
    metrics.nodes("web", new NodeCounts(4, 4, 4, 0, 0, 0));
    metrics.forget("web");

    assertThat(registry.find("hostfirewall.operator.policy.nodes").gauges()).isEmpty();
  }

  @Test
  void writes_are_counted_by_result() {
    metrics.statusWritten(true);
    metrics.statusWritten(true);
    metrics.statusWritten(false);

    var writes =
        registry.get("hostfirewall.operator.status.writes").tag("kind", "HostFirewallPolicy");
    assertThat(writes.tag("result", "success").counter().count()).isEqualTo(2);
  }

  private double nodes(String policy, String state) {
    return registry
        .get("hostfirewall.operator.policy.nodes")
        .tags("policy", policy, "state", state)
        .gauge()
        .value();
  }
}
