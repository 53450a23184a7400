package io.hostfirewall.agent.loop;

import io.hostfirewall.agent.cluster.Cluster;
import io.hostfirewall.agent.cluster.NodeState;
import io.hostfirewall.agent.drift.DriftWatch;
import io.hostfirewall.agent.health.Telemetry;
import io.hostfirewall.agent.kernel.BootClock;
import io.hostfirewall.agent.kernel.Kernel;
import io.hostfirewall.agent.node.ConnectionTable;
import io.hostfirewall.agent.node.NodeObserver;
import io.hostfirewall.agent.state.StateFolder;
import io.hostfirewall.agent.transaction.Transaction;
import io.hostfirewall.api.v1alpha1.NodePhase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The agent of a node: one thread that waits for something to happen, decides what the node shall
 * enforce, brings the kernel there, and reports. Nothing in it waits for the API server.
 */
public final class NodeLoop implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(NodeLoop.class.getName());

  /** Why the loop wakes. */
  private enum Cause {
    CLUSTER,
    KERNEL,
    TIME,
    STOP
  }

  /**
   * How often the agent looks though nothing was told.
   *
   * @param tick at the node's own network
   * @param check at the rules and sets in force, while something is amiss
   * @param quietCheck the same while all is as it should be, and others watch over it
   */
  public record Pace(Duration tick, Duration check, Duration quietCheck) {}

  /** What passes by itself within this time, as at every start, is not worth a report. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Pace pace;
  private final Cluster cluster;
  private final Kernel kernel;
  private final NodeObserver node;
  private final ConnectionTable connections;
  private final DriftWatch drift;
  private final StateFolder state;
  private final Telemetry telemetry;
  private final InstantSource uptime = new BootClock();
  private final Planner planner;
  private final Enforcement enforcement;
  private final ScheduledExecutorService clusterThread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("report").factory());
  private final BlockingQueue<Cause> causes = new LinkedBlockingQueue<>();

  /** As many changes had been made when memory was last collected. */
  private long collectedAfter;

  private @Nullable Instant waitingSince;

  public NodeLoop(
      Duration trial,
      Pace pace,
      Cluster cluster,
      Transaction transaction,
      NodeObserver node,
      ConnectionTable connections,
      DriftWatch drift,
      StateFolder state,
      Telemetry telemetry,
      List<Remark> remarks,
      String agentVersion,
      Clock clock) {
    this.pace = pace;
    this.cluster = cluster;
    this.node = node;
    this.connections = connections;
    this.telemetry = telemetry;
    this.drift = drift;
    this.state = state;
    this.kernel = transaction.kernel();
    var revisions = new Revisions(cluster, clusterThread, () -> wake(Cause.CLUSTER));
    this.planner = new Planner(cluster, revisions, node, kernel.families());
    this.enforcement =
        new Enforcement(
            trial,
            pace,
            cluster,
            transaction,
            drift,
            connections,
            state,
            telemetry,
            clock,
            uptime,
            new Reporter(cluster, clusterThread, uptime),
            new Statuses(kernel.backend().text(), agentVersion, kernel.families(), remarks, clock),
            node);
  }

  /** Why it ended. */
  public enum End {
    STOPPED,
    /** The node has a family that this process knows nothing of. */
    OTHER_FAMILIES
  }

  /** Works until it is closed, or until the node is not the one that it was made for. */
  public End run() throws InterruptedException {
    telemetry.metrics().refreshWith(() -> wake(Cause.KERNEL));
    drift.start(() -> wake(Cause.KERNEL));
    if (!state.isDisabled()) {
      enforcement.recover();
    }
    cluster.start(() -> wake(Cause.CLUSTER));
    wake(Cause.CLUSTER);
    for (var woken = causes(); !woken.contains(Cause.STOP); woken = causes()) {
      telemetry.health().turned();
      drift.lookAfter();
      try {
        pass(woken);
        if (woken.contains(Cause.TIME)) {
          collect();
        }
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "a pass failed; the rules in force stay", e);
        enforcement.failed(e);
      }
      if (kernel.hasOtherFamilies()) {
        return End.OTHER_FAMILIES;
      }
    }
    return End.STOPPED;
  }

  /**
   * What the start and each change needed would stay in a heap this small for days: 5 of 97 MB,
   * measured. An agent that has come to rest has time to collect it, once.
   */
  private void collect() {
    if (collectedAfter != enforcement.changes()) {
      collectedAfter = enforcement.changes();
      System.gc();
    }
  }

  /** Ends {@link #run} after its present turn. */
  public void stop() {
    wake(Cause.STOP);
  }

  @Override
  public void close() {
    stop();
    drift.close();
    clusterThread.shutdownNow();
  }

  private void wake(Cause cause) {
    causes.add(cause);
  }

  /** Everything that happened since the last pass: a storm of events is one pass. */
  private Set<Cause> causes() throws InterruptedException {
    var woken = EnumSet.noneOf(Cause.class);
    var first = causes.poll(pace.tick().toMillis(), TimeUnit.MILLISECONDS);
    for (var cause = first; cause != null; cause = causes.poll()) {
      woken.add(cause);
    }
    if (first == null) {
      woken.add(Cause.TIME);
    }
    return woken;
  }

  private void pass(Set<Cause> woken) {
    enforcement.answer(cluster.nodeState().map(NodeState::generation).orElse(null));
    if (state.isDisabled()) {
      enforcement.off("switched off by hostfirewall cleanup until hostfirewall enable");
      return;
    }
    var told = woken.contains(Cause.KERNEL);
    var exhausted = connections.look();
    enforcement.spare(exhausted ? node.adminNetworks() : List.of());
    var untracking = enforcement.untracking(exhausted);
    var plan = planner.plan(enforcement.enforced(), untracking);
    if (!(plan instanceof Plan.Wait)) {
      waitingSince = null;
    }
    switch (plan) {
      case Plan.Wait(var reason) -> {
        var isLong = isLongWait();
        if (isLong) {
          enforcement.follow(told);
        }
        enforcement.keep(told);
        if (isLong) {
          enforcement.report(NodePhase.PENDING, reason);
        }
      }
      case Plan.Keep(var reason) -> {
        enforcement.follow(told);
        enforcement.keep(told);
        enforcement.report(NodePhase.FAILED, reason);
      }
      case Plan.Enforce(var wanted) -> enforcement.enforce(wanted, told);
    }
    if (enforcement.untracking(exhausted) != untracking) {
      wake(Cause.CLUSTER);
    }
  }

  private boolean isLongWait() {
    var now = uptime.instant();
    if (waitingSince == null) {
      waitingSince = now;
    }
    return Duration.between(waitingSince, now).compareTo(PATIENCE) >= 0;
  }
}
