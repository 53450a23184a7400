package io.hostfirewall.agent.loop;

import io.hostfirewall.agent.cluster.Cluster;
import io.hostfirewall.agent.drift.DriftWatch;
import io.hostfirewall.agent.health.Telemetry;
import io.hostfirewall.agent.node.NodeObserver;
import io.hostfirewall.agent.state.HeldByOtherException;
import io.hostfirewall.agent.state.StateFolder;
import io.hostfirewall.agent.transaction.Outcome;
import io.hostfirewall.agent.transaction.Transaction;
import io.hostfirewall.agent.transaction.Wanted;
import io.hostfirewall.api.v1alpha1.NodePhase;
import io.hostfirewall.ruleset.model.IpSet;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
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
   * @param check at the rules and sets in force
   */
  public record Pace(Duration tick, Duration check) {}

  private static final String SWITCHED_OFF =
      "switched off by hostfirewall cleanup until hostfirewall enable";

  /** What passes by itself within this time, as at every start, is not worth a report. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Duration trial;
  private final Pace pace;
  private final Cluster cluster;
  private final Transaction transaction;
  private final DriftWatch drift;
  private final StateFolder state;
  private final Telemetry telemetry;
  private final Clock clock;
  private final Planner planner;
  private final Reporter reporter;
  private final Statuses statuses;
  private final ScheduledExecutorService clusterThread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("report").factory());
  private final BlockingQueue<Cause> causes = new LinkedBlockingQueue<>();
  private final Retry retry = new Retry();

  private @Nullable Wanted enforced;
  private Instant checked = Instant.EPOCH;
  private boolean collected;
  private @Nullable Instant waitingSince;
  private @Nullable Long observedGeneration;

  public NodeLoop(
      Duration trial,
      Pace pace,
      Cluster cluster,
      Transaction transaction,
      NodeObserver node,
      DriftWatch drift,
      StateFolder state,
      Telemetry telemetry,
      String agentVersion,
      Clock clock) {
    this.trial = trial;
    this.pace = pace;
    this.cluster = cluster;
    this.transaction = transaction;
    this.telemetry = telemetry;
    this.drift = drift;
    this.state = state;
    this.clock = clock;
    var kernel = transaction.kernel();
    var revisions = new Revisions(cluster, clusterThread, () -> wake(Cause.CLUSTER));
    this.planner = new Planner(cluster, revisions, node, kernel.families());
    this.reporter = new Reporter(cluster, clusterThread);
    this.statuses = new Statuses(kernel.backend().text(), agentVersion, kernel.families(), clock);
  }

  /** Works until it is closed. */
  public void run() throws InterruptedException {
    drift.start(() -> wake(Cause.KERNEL));
    cluster.start(() -> wake(Cause.CLUSTER));
    wake(Cause.CLUSTER);
    for (var woken = causes(); !woken.contains(Cause.STOP); woken = causes()) {
      telemetry.health().turned();
      try {
        pass(woken);
        if (woken.contains(Cause.TIME)) {
          startIsOver();
        }
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "a pass failed; the rules in force stay", e);
      }
    }
  }

  /**
   * What only the start needed would stay in a heap this small for days: 5 of 97 MB, measured. An
   * agent at rest has time to collect it, once.
   */
  private void startIsOver() {
    if (enforced != null && !collected) {
      collected = true;
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
    observedGeneration = cluster.nodeState().map(s -> s.getMetadata().getGeneration()).orElse(null);
    if (state.isDisabled()) {
      enforced = null;
      drift.watchSets(List.of());
      telemetry.health().unverified(SWITCHED_OFF);
      report(NodePhase.PENDING, SWITCHED_OFF);
      return;
    }
    var plan = planner.plan();
    if (!(plan instanceof Plan.Wait)) {
      waitingSince = null;
    }
    switch (plan) {
      case Plan.Wait(var reason) -> {
        healIfDue(woken);
        if (isLongWait()) {
          report(NodePhase.PENDING, reason);
        }
      }
      case Plan.Keep(var reason) -> {
        healIfDue(woken);
        report(NodePhase.FAILED, reason);
      }
      case Plan.Enforce(var wanted) -> {
        telemetry.metrics().desired(wanted.revision());
        enforce(wanted, woken);
      }
    }
  }

  private boolean isLongWait() {
    var now = clock.instant();
    if (waitingSince == null) {
      waitingSince = now;
    }
    return Duration.between(waitingSince, now).compareTo(PATIENCE) >= 0;
  }

  private void enforce(Wanted wanted, Set<Cause> woken) {
    if (wanted.equals(enforced)) {
      if (isCheckDue(woken) || !reporter.hasAnswered(observedGeneration)) {
        heal(wanted, true);
      }
    } else if (retry.isDue(wanted, clock.instant())) {
      change(wanted);
    } else {
      healIfDue(woken);
    }
  }

  /** Only entries of sets changed, or the rules did. */
  private void change(Wanted wanted) {
    var sameRules =
        enforced != null
            && enforced.rules().equals(wanted.rules())
            && enforced.revision().equals(wanted.revision());
    var start = System.nanoTime();
    var outcome =
        act(
            wanted,
            () -> sameRules ? transaction.heal(wanted) : transaction.apply(wanted, trial),
            sameRules,
            true);
    outcome.ifPresent(
        done -> telemetry.metrics().changed(done, Duration.ofNanos(System.nanoTime() - start)));
  }

  /** Looks after the rules in force while they are not what the node shall run. */
  private void healIfDue(Set<Cause> woken) {
    if (enforced != null && isCheckDue(woken)) {
      heal(enforced, false);
    }
  }

  private boolean isCheckDue(Set<Cause> woken) {
    return woken.contains(Cause.KERNEL)
        || Duration.between(checked, clock.instant()).compareTo(pace.check()) >= 0;
  }

  private void heal(Wanted standing, boolean desired) {
    var outcome =
        act(
            standing,
            () ->
                standing.isNothing()
                    ? transaction.apply(standing, trial)
                    : transaction.heal(standing),
            false,
            desired);
    if (outcome.orElse(null) instanceof Outcome.Healed healed) {
      telemetry.metrics().repaired(healed);
    }
  }

  /** What brings the kernel somewhere. */
  private interface Work {
    Outcome run();
  }

  /**
   * Does it, and reports; empty if another program is at work.
   *
   * @param expected whether sets alone change, which is no news
   * @param desired whether this is what the node shall run; if not, that it stands is no success
   */
  private Optional<Outcome> act(Wanted wanted, Work work, boolean expected, boolean desired) {
    Outcome outcome;
    try (var _ = state.holdKernel("run")) {
      outcome = work.run();
    } catch (HeldByOtherException e) {
      LOG.log(System.Logger.Level.INFO, "{0}", e.getMessage());
      return Optional.empty();
    }
    checked = clock.instant();
    log(wanted, outcome, expected);
    switch (outcome) {
      case Outcome.Unchanged _, Outcome.Applied _, Outcome.Healed _ ->
          stands(wanted, outcome, desired);
      case Outcome.RolledBack(var why, var reason) -> {
        if (desired) {
          retry.failed(wanted, clock.instant());
        }
        report(NodePhase.ROLLED_BACK, why.reason(), reason);
      }
      case Outcome.Refused(var reason) -> {
        if (desired) {
          retry.failed(wanted, clock.instant());
        }
        if (wanted.equals(enforced)) {
          telemetry.health().unverified(reason);
          report(NodePhase.DRIFTED, reason);
        } else {
          report(NodePhase.FAILED, reason);
        }
      }
    }
    return Optional.of(outcome);
  }

  /** It was read back from the kernel. */
  private void stands(Wanted wanted, Outcome outcome, boolean desired) {
    telemetry.health().verified();
    telemetry.metrics().applied(wanted.revision(), clock.instant());
    if (!desired) {
      return;
    }
    retry.done();
    if (!wanted.equals(enforced)) {
      enforced = wanted;
      drift.watchSets(wanted.liveSets().stream().map(IpSet::name).toList());
    }
    if (outcome instanceof Outcome.Applied(_, boolean first) && first) {
      cluster.reconnect();
    }
    report(NodePhase.APPLIED, "");
  }

  private static void log(Wanted wanted, Outcome outcome, boolean expected) {
    var what = wanted.isNothing() ? "nothing" : wanted.revision();
    switch (outcome) {
      case Outcome.Unchanged() -> {}
      case Outcome.Applied(var after, _) ->
          LOG.log(
              System.Logger.Level.INFO, "{0} is enforced, after {1} ms", what, after.toMillis());
      case Outcome.Healed healed ->
          LOG.log(
              System.Logger.Level.INFO,
              expected ? "{0}: sets brought up to date" : "{0} is enforced again: {1}",
              what,
              healed.sentence());
      case Outcome.RolledBack(_, var reason) ->
          LOG.log(System.Logger.Level.WARNING, "{0} was rolled back: {1}", what, reason);
      case Outcome.Refused(var reason) ->
          LOG.log(System.Logger.Level.WARNING, "{0} is not enforced: {1}", what, reason);
    }
  }

  private void report(NodePhase phase, String message) {
    report(phase, "", message);
  }

  private void report(NodePhase phase, String reason, String message) {
    if (observedGeneration != null) {
      reporter.report(
          statuses.of(
              observedGeneration,
              phase,
              reason,
              Optional.ofNullable(enforced),
              message,
              reporter.last()));
    }
  }
}
