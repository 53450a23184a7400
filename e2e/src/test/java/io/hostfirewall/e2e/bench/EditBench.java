package io.hostfirewall.e2e.bench;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeState;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicy;
import io.hostfirewall.api.v1alpha1.NodePhase;
import io.hostfirewall.e2e.cluster.ClusterNode;
import io.hostfirewall.e2e.cluster.ControlPlane;
import java.io.IOException;
import java.time.Duration;

/**
 * From the API server's acknowledgement of an edit to the first packet on a node that is judged by
 * it, what the agent weighs before and after, and how long a flushed chain stays open.
 */
final class EditBench {

  private static final int EDITS = 200;
  private static final int FLUSHES = 20;

  private final ControlPlane cluster;
  private final ClusterNode node;
  private final Door door;

  EditBench(ControlPlane cluster, ClusterNode node) {
    this.cluster = cluster;
    this.node = node;
    this.door = new Door(node.address());
  }

  void measure(Table table) throws IOException {
    door.until(true);
    edit(false);
    settled();
    Rest.usual();
    table.add(
        "agent, resident memory, idle after the first policy",
        Memory.residentMegabytes(node.agent().pid()),
        "MB",
        85);
    var edits = new Samples();
    for (var i = 0; i < EDITS; i++) {
      var open = i % 2 == 0;
      edits.addNanos(edit(open));
      settled();
    }
    table.add(
        "edit acknowledged to enforced on one node, 30 rules, p50", edits.median(), "ms", 150);
    table.add(
        "edit acknowledged to enforced on one node, 30 rules, p99",
        edits.percentile(99),
        "ms",
        500);
    Rest.usual();
    table.add(
        "agent, resident memory, at rest after 200 edits",
        Memory.residentMegabytes(node.agent().pid()),
        "MB",
        95);
    var heals = new Samples();
    for (var i = 0; i < FLUSHES; i++) {
      heals.addNanos(flush());
    }
    table.note("flushed chain healed (nft), median", heals.median(), "ms");
    table.add("flushed chain healed (nft), longest of 20", heals.max(), "ms", 1000);
  }

  /** Nanoseconds from the acknowledgement of an edit until a connection meets the new rules. */
  private long edit(boolean open) {
    var policy = Serialization.unmarshal(Door.policy(open), HostFirewallPolicy.class);
    cluster.client().resource(policy).forceConflicts().serverSideApply();
    return door.until(open);
  }

  private void settled() {
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              var state =
                  cluster
                      .client()
                      .resources(HostFirewallNodeState.class)
                      .withName(node.name())
                      .get();
              var status = state == null ? null : state.getStatus();
              return status != null
                  && status.state() == NodePhase.APPLIED
                  && state.getSpec().revision().equals(status.revision());
            });
  }

  /** Nanoseconds from the end of a foreign flush until the port is closed again. */
  private long flush() {
    door.until(false);
    node.run("iptables-nft", "-F", "HFW-INPUT");
    return door.until(false);
  }
}
