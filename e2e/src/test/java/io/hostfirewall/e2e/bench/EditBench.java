package io.hostfirewall.e2e.bench;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeState;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicy;
import io.hostfirewall.api.v1alpha1.NodePhase;
import io.hostfirewall.e2e.cluster.ClusterNode;
import io.hostfirewall.e2e.cluster.ControlPlane;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * From the API server's acknowledgement of an edit to the first packet on a node that is judged by
 * it, what the agent weighs before and after, and how long a flushed chain stays open. The policy
 * rejects, so that a closed port answers at once and can be asked again and again.
 */
final class EditBench {

  static final int PORT = 8080;

  private static final int EDITS = 200;
  private static final int FLUSHES = 20;
  private static final int ANSWER_MILLIS = 200;

  /** Between two questions: what the figures are sharp to, and small beside them. */
  private static final long PAUSE_NANOS = Duration.ofMillis(2).toNanos();

  private static final long GIVE_UP_NANOS = Duration.ofSeconds(20).toNanos();

  private final ControlPlane cluster;
  private final ClusterNode node;

  EditBench(ControlPlane cluster, ClusterNode node) {
    this.cluster = cluster;
    this.node = node;
  }

  void measure(Table table) throws IOException {
    until(true, System.nanoTime());
    edit(false);
    settled();
    table.add("agent, resident memory, idle after the first policy", residentMegabytes(), "MB", 85);
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
    table.add("agent, resident memory, after 200 edits", residentMegabytes(), "MB", 95);
    var heals = new Samples();
    for (var i = 0; i < FLUSHES; i++) {
      heals.addNanos(flush());
    }
    table.note("flushed chain healed (nft), median", heals.median(), "ms");
    table.add("flushed chain healed (nft), longest of 20", heals.max(), "ms", 1000);
  }

  /** Nanoseconds from the acknowledgement of an edit until a connection meets the new rules. */
  private long edit(boolean open) {
    var policy = Serialization.unmarshal(policy(open), HostFirewallPolicy.class);
    cluster.client().resource(policy).forceConflicts().serverSideApply();
    return until(open, System.nanoTime());
  }

  private long until(boolean open, long start) {
    while (answer() != (open ? Answer.ACCEPTED : Answer.REFUSED)) {
      if (System.nanoTime() - start > GIVE_UP_NANOS) {
        throw new IllegalStateException("port did not become " + (open ? "open" : "closed"));
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    return System.nanoTime() - start;
  }

  private enum Answer {
    ACCEPTED,
    REFUSED,
    NONE
  }

  private Answer answer() {
    try (var socket = new Socket()) {
      socket.setSoLinger(true, 0); // leaves no connection behind
      socket.connect(new InetSocketAddress(node.address(), PORT), ANSWER_MILLIS);
      return Answer.ACCEPTED;
    } catch (ConnectException e) {
      return Answer.REFUSED;
    } catch (IOException e) {
      return Answer.NONE;
    }
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
    until(false, System.nanoTime());
    node.run("iptables-nft", "-F", "HFW-INPUT");
    return until(false, System.nanoTime());
  }

  private double residentMegabytes() throws IOException {
    var status = Files.readAllLines(Path.of("/proc/" + node.agent().pid() + "/status"));
    return status.stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .sum()
        / 1000.0;
  }

  private static String policy(boolean open) {
    var text =
        new StringBuilder(
            """
            apiVersion: hostfirewall.io/v1alpha1
            kind: HostFirewallPolicy
            metadata: {name: bench}
            spec:
              nodeSelector: {}
              defaultActions: {ingress: Reject}
              ingress:
            """);
    for (var i = 0; i < 30; i++) {
      text.append(
          "  - {name: r-%d, action: Accept, ports: [{protocol: TCP, port: %d}]}\n"
              .formatted(i, 20000 + i));
    }
    for (var rule : open ? List.of("open") : List.<String>of()) {
      text.append(
          "  - {name: %s, action: Accept, ports: [{protocol: TCP, port: %d}]}\n"
              .formatted(rule, PORT));
    }
    return text.toString();
  }
}
