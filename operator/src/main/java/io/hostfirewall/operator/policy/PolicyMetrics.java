package io.hostfirewall.operator.policy;

import io.hostfirewall.api.v1alpha1.NodeCounts;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** What Prometheus is told of policies: their nodes by state, and the writes of their statuses. */
public final class PolicyMetrics {

  private final MeterRegistry registry;
  private final MultiGauge nodes;
  private final Map<String, NodeCounts> counts = new HashMap<>();

  public PolicyMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.nodes =
        MultiGauge.builder("hostfirewall.operator.policy.nodes")
            .description("Nodes that a policy selects, by how far they have come with it.")
            .register(registry);
  }

  synchronized void nodes(String policy, NodeCounts now) {
    if (!now.equals(counts.put(policy, now))) {
      publish();
    }
  }

  /** Ends the series of a policy that was deleted. */
  synchronized void forget(String policy) {
    counts.remove(policy);
    publish();
  }

  void statusWritten(boolean success) {
    registry
        .counter(
            "hostfirewall.operator.status.writes",
            "kind",
            "HostFirewallPolicy",
            "result",
            success ? "success" : "failure")
        .increment();
  }

  private void publish() {
    nodes.register(
        counts.entrySet().stream()
            .flatMap(entry -> rows(entry.getKey(), entry.getValue()))
            .<Row<?>>map(row -> row)
            .toList(),
        true);
  }

  private static Stream<Row<Number>> rows(String policy, NodeCounts counts) {
    return Stream.of(
        row(policy, "applied", counts.applied()),
        row(policy, "failed", counts.failed()),
        row(policy, "pending", counts.pending()),
        row(policy, "unknown", counts.unknown()));
  }

  private static Row<Number> row(String policy, String state, int nodes) {
    return Row.of(Tags.of("policy", policy, "state", state), nodes);
  }
}
