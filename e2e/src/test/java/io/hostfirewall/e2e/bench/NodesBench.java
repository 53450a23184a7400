package io.hostfirewall.e2e.bench;

import static org.awaitility.Awaitility.await;

import io.hostfirewall.e2e.cluster.ControlPlane;
import io.hostfirewall.e2e.node.KubeletNode;
import io.hostfirewall.e2e.node.Lab;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What people see of it in a cluster of two nodes with kubelets: how long an installation takes and
 * an edit by kubectl, what the agent's container weighs and how soon it has verified rules that it
 * finds.
 */
final class NodesBench {

  private static final int EDITS = 200;

  /** Until Ready is seen in the policy's status, which is written at a pace of its own. */
  private static final int AWAITED = 20;

  private static final int STARTS = 5;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Lab lab = Lab.shared();
  private final KubeletNode node = lab.eleven();
  private final Door door = new Door(node.address());

  void measure(Table table) throws IOException {
    for (var image : new String[] {"node-agent", "operator"}) {
      var bytes = Files.size(ControlPlane.PROJECT.resolve("target/images").resolve(image + ".tar"));
      if (image.equals("node-agent")) {
        table.add("image of the agent, compressed", bytes / 1e6, "MB", 60);
      } else {
        table.note("image of the operator, compressed", bytes / 1e6, "MB");
      }
    }
    var begin = System.nanoTime();
    lab.release().install();
    table.note(
        "helm install to every agent ready, two nodes", (System.nanoTime() - begin) / 1e9, "s");
    edit(false);
    weigh(table, "idle after the first policy", 85);
    edits(table);
    weigh(table, "at rest after 200 edits by kubectl", 95);
    starts(table);
    lab.release().withoutPolicies();
    lab.release().uninstall();
  }

  private void weigh(Table table, String when, double budget) throws IOException {
    Rest.usual();
    var pid = agent().pid();
    table.add("agent's container, resident, " + when, Memory.residentMegabytes(pid), "MB", budget);
    table.add(
        "agent's container, working set, " + when, Memory.workingSetMebibytes(pid), "MiB", 50);
  }

  private void edits(Table table) {
    var typed = new Samples();
    var enforced = new Samples();
    var ready = new Samples();
    for (var i = 0; i < EDITS; i++) {
      var open = i % 2 == 0;
      var begin = System.nanoTime();
      lab.release().apply(Door.policy(open));
      typed.addNanos(System.nanoTime() - begin);
      enforced.addNanos(door.until(open));
      if (i < AWAITED) {
        lab.release().awaitReady("bench", 2);
        ready.addNanos(System.nanoTime() - begin);
      }
    }
    lab.release().awaitReady("bench", 2);
    table.note("kubectl apply of an edit, until it returns, p50", typed.median(), "ms");
    table.note("  from then to enforced on a node, p50", enforced.median(), "ms");
    table.note("  the same, p99", enforced.percentile(99), "ms");
    table.note("kubectl apply to Ready on two nodes, seen by kubectl, p50", ready.median(), "ms");
  }

  private void edit(boolean open) {
    lab.release().apply(Door.policy(open));
    lab.release().awaitReady("bench", 2);
    door.until(open);
  }

  /** Kubelet starts the agent's container again; its own start-up is not counted. */
  private void starts(Table table) {
    var starts = new Samples();
    for (var i = 0; i < STARTS; i++) {
      var old = agent();
      old.destroyForcibly();
      old.onExit().join();
      await("verified")
          .atMost(LIMIT)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(20))
          .until(this::verified);
      var began = agent().info().startInstant().orElseThrow();
      starts.addNanos(Duration.between(began, Instant.now()).toNanos());
    }
    table.add("agent's container start to its rules verified, median", starts.median(), "ms", 1500);
  }

  private boolean verified() {
    return node.attempt("curl", "-sf", "http://127.0.0.1:9473/readyz").exit() == 0;
  }

  private ProcessHandle agent() {
    return await("an agent")
        .atMost(LIMIT)
        .until(() -> node.agents().stream().findFirst(), Optional::isPresent)
        .orElseThrow();
  }
}
