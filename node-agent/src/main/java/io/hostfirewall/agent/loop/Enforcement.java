package io.hostfirewall.agent.loop;

import io.hostfirewall.agent.cluster.Cluster;
import io.hostfirewall.agent.drift.DriftWatch;
import io.hostfirewall.agent.health.Telemetry;
import io.hostfirewall.agent.kernel.KernelException;
import io.hostfirewall.agent.kernel.Unsupported;
import io.hostfirewall.agent.node.ConnectionTable;
import io.hostfirewall.agent.node.NodeObserver;
import io.hostfirewall.agent.state.StateFolder;
import io.hostfirewall.agent.transaction.Objection;
import io.hostfirewall.agent.transaction.Outcome;
import io.hostfirewall.agent.transaction.SetEdits.Admitted;
import io.hostfirewall.agent.transaction.Transaction;
import io.hostfirewall.agent.transaction.Wanted;
import io.hostfirewall.api.v1alpha1.NodePhase;
import io.hostfirewall.ruleset.compile.Untracking;
import io.hostfirewall.ruleset.model.Cidr;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Brings the kernel to what is wanted, keeps it there, and reports. */
final class Enforcement {

  private static final System.Logger LOG = System.getLogger(Enforcement.class.getName());

  /** This node lacks something; the operator knows the word. */
  private static final String NOT_ENFORCEABLE = "NotEnforceable";

  private final Duration trial;
  private final NodeLoop.Pace pace;
  private final Cluster cluster;
  private final Transaction transaction;
  private final DriftWatch drift;
  private final KernelLock lock;
  private final Telemetry telemetry;
  private final Clock clock;
  private final InstantSource uptime;
  private final Retry retry = new Retry();

  /** Why administrators cannot be spared the table of connections; empty if they can. */
  private final UntrackingSupport untrackingSupport = new UntrackingSupport();

  private final Account account;
  private final StandingSets standingSets;

  private @Nullable Wanted enforced;

  /** Whether nobody looks yet after what was confirmed before this process lived. */
  private boolean isLeftBehind;

  /** What differs from what is enforced in sets that must not change now. */
  private @Nullable Wanted heldBack;

  private Instant checked = Instant.MIN;

  /** When the kernel was last looked at as if no watch had told anything. */
  private Instant distrusted = Instant.MIN;

  /** Whether nothing was amiss then. */
  private boolean quiet;

  private long changes;

  /**
   * @param pace how often to look at the kernel though nothing was told
   * @param clock for what people read
   * @param uptime for what is waited for
   */
  Enforcement(
      Duration trial,
      NodeLoop.Pace pace,
      Cluster cluster,
      Transaction transaction,
      DriftWatch drift,
      ConnectionTable connections,
      StateFolder state,
      Telemetry telemetry,
      Clock clock,
      InstantSource uptime,
      Reporter reporter,
      Statuses statuses,
      NodeObserver node) {
    this.trial = trial;
    this.pace = pace;
    this.cluster = cluster;
    this.transaction = transaction;
    this.drift = drift;
    this.telemetry = telemetry;
    this.clock = clock;
    this.uptime = uptime;
    this.account =
        new Account(transaction, drift, connections, untrackingSupport, reporter, statuses);
    this.lock = new KernelLock(state, telemetry, account);
    this.standingSets = new StandingSets(cluster, node, transaction, account);
  }

  /**
   * Before anything else, and before anybody was asked: what an agent before this one confirmed is
   * enforced.
   */
  void recover() {
    isLeftBehind = true;
    var hold = lock.take(enforced());
    if (hold.isEmpty()) {
      return;
    }
    try (var _ = hold.get()) {
      var recovered = transaction.recover();
      // What a watch saw before may have been put right.
      drift.checked(false);
      if (recovered.isPresent()) {
        recovered(recovered.get().wanted(), recovered.get().outcome());
      } else {
        isLeftBehind = false;
      }
    } catch (KernelException | RuntimeException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "what was confirmed before cannot be looked after yet: {0}",
          e.getMessage());
    }
  }

  private void recovered(Wanted wanted, Outcome outcome) {
    account.log(wanted, outcome, false);
    if (!(outcome instanceof Outcome.Refused(var reason))) {
      telemetry.health().verified();
      telemetry.metrics().applied(wanted.revision(), clock.instant());
      nowEnforced(wanted);
    } else if (Unsupported.isUntracking(reason)) {
      // This kernel has lost what it had when they were confirmed.
      var _ = untrackingSupport.refuses(reason, uptime.instant());
      var rest = wanted.withoutUntracking();
      recovered(rest, transaction.heal(rest));
    }
  }

  private void nowEnforced(Wanted wanted) {
    changes++;
    isLeftBehind = false;
    enforced = wanted;
    drift.watchSets(wanted.sets());
  }

  /** How often something was changed in the kernel, or found there by a start. */
  long changes() {
    return changes;
  }

  /** What is in force; empty if nobody knows. */
  Optional<Wanted> enforced() {
    return Optional.ofNullable(enforced);
  }

  /** Which generation of the node's state the next reports answer. */
  void answer(@Nullable Long generation) {
    account.answer(generation);
  }

  /**
   * Keeps the SSH of these alone from being tracked by the rules in force, which need not be those
   * that the node shall run.
   */
  void spare(List<Cidr> administrators) {
    if (enforced != null) {
      edit(enforced, enforced.sparing(administrators));
    }
    account.tellOfConnections(enforced());
  }

  /**
   * Changes sets under the rules in force, while the node shall run other rules or nobody knows.
   */
  private void edit(Wanted standing, Wanted next) {
    if (!next.liveSets().equals(standing.liveSets())) {
      act(next, () -> transaction.edit(standing, next), true, false, Optional.empty())
          .filter(outcome -> !(outcome instanceof Outcome.Refused))
          .ifPresent(
              _ -> {
                nowEnforced(next);
                account.tellOfSets(enforced());
              });
    }
  }

  /** Brings the sets of rules up to date that are in force though the node shall run others. */
  void follow(boolean told) {
    if (enforced != null && !enforced.isNothing()) {
      edit(enforced, standingSets.next(enforced, isCheckDue(told)));
    }
  }

  /** What of it is possible here, and needed. */
  Untracking untracking(boolean exhausted) {
    return untrackingSupport.of(exhausted, uptime.instant());
  }

  /** Somebody switched the firewall off. */
  void off(String why) {
    enforced = null;
    isLeftBehind = false;
    untrackingSupport.forget();
    drift.watchSets(List.of());
    telemetry.health().unverified(why);
    report(NodePhase.PENDING, why);
  }

  /**
   * Does what is to be done for what the node shall run.
   *
   * @param told whether somebody told that the kernel may have changed
   */
  void enforce(Wanted wanted, boolean told) {
    telemetry.metrics().desired(wanted.revision());
    var look = isCheckDue(told) || !account.hasAnswered();
    if (wanted.equals(enforced)) {
      if (look || heldBack != null) {
        heldBack = null;
        heal(wanted, true, told);
      }
    } else if (wanted.equals(heldBack) && !look) {
      return;
    } else if (retry.isDue(wanted, uptime.instant())) {
      change(wanted);
    } else {
      follow(told);
      keep(told);
    }
  }

  /** Only entries of sets changed, or the rules did. */
  private void change(Wanted wanted) {
    if (isLeftBehind) {
      recover();
    }
    enforced().or(() -> standing(wanted)).ifPresent(standing -> change(standing, wanted));
  }

  /** What the kernel shows to stand, for who knows of nothing; empty if that cannot be read now. */
  private Optional<Wanted> standing(Wanted wanted) {
    var hold = lock.take(enforced());
    if (hold.isEmpty()) {
      return Optional.empty();
    }
    try (var _ = hold.get()) {
      return Optional.of(transaction.standing());
    } catch (KernelException e) {
      var refused = new Outcome.Refused(e.getMessage());
      act(wanted, () -> refused, false, true, Optional.empty());
      return Optional.empty();
    }
  }

  private void change(Wanted standing, Wanted wanted) {
    var sameRules = !standing.isNothing() && standing.hasRulesOf(wanted);
    var admitted =
        standing.isNothing()
            ? new Admitted(wanted, Optional.empty())
            : transaction.admit(standing, wanted);
    var next = admitted.wanted();
    var held = sameRules ? admitted.objection() : Optional.<Objection>empty();
    heldBack = held.isPresent() ? wanted : null;
    var start = System.nanoTime();
    var outcome =
        act(
            next,
            () -> sameRules ? transaction.edit(standing, next) : transaction.apply(next, trial),
            sameRules,
            true,
            held);
    outcome.ifPresent(
        done -> telemetry.metrics().changed(done, Duration.ofNanos(System.nanoTime() - start)));
    // Those who objected under the old rules need not under the new ones.
    if (!sameRules && !next.equals(wanted) && next.equals(enforced)) {
      change(wanted);
    }
  }

  /** Looks after the rules in force while they are not what the node shall run. */
  void keep(boolean told) {
    if (isLeftBehind) {
      recover();
    } else if (enforced != null && isCheckDue(told)) {
      heal(enforced, false, told);
    }
  }

  private boolean isCheckDue(boolean told) {
    var atRest = quiet && heldBack == null && !standingSets.isHeldBack();
    var pause = atRest ? pace.quietCheck() : pace.check();
    return told || Duration.between(checked, uptime.instant()).compareTo(pause) >= 0;
  }

  private void heal(Wanted standing, boolean desired, boolean told) {
    var now = uptime.instant();
    if (!told || Duration.between(distrusted, now).compareTo(pace.quietCheck()) >= 0) {
      transaction.kernel().tableChanged(); // A look that nobody asked for believes no watch.
      distrusted = now;
    }
    act(
        standing,
        () ->
            standing.isNothing() ? transaction.apply(standing, trial) : transaction.heal(standing),
        false,
        desired,
        Optional.empty());
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
   * @param held why some sets keep what they hold, though the node shall run something else
   */
  private Optional<Outcome> act(
      Wanted wanted, Work work, boolean expected, boolean desired, Optional<Objection> held) {
    var hold = lock.take(enforced());
    if (hold.isEmpty()) {
      checked = Instant.MIN; // Why this was to be done counts at the next turn, too.
      return Optional.empty();
    }
    Outcome outcome;
    try (var _ = hold.get()) {
      outcome = work.run();
    } catch (RuntimeException e) {
      failed(wanted, desired);
      throw e;
    }
    // What could not be put back is tried again at the next turn, told or not.
    checked = outcome instanceof Outcome.Refused ? Instant.MIN : uptime.instant();
    quiet =
        outcome instanceof Outcome.Unchanged
            && transaction.isAlone()
            && transaction.droppedBelow().isEmpty()
            && transaction.journalProblem().isEmpty();
    if (!expected) {
      drift.checked(outcome instanceof Outcome.Unchanged || outcome instanceof Outcome.Contested);
    }
    account.log(wanted, outcome, expected);
    if (outcome instanceof Outcome.Healed healed && !expected) {
      healed(healed);
    }
    switch (outcome) {
      case Outcome.Unchanged _, Outcome.Applied _, Outcome.Healed _ ->
          stands(wanted, outcome, desired, held);
      case Outcome.Contested(var sentence) -> contested(wanted, sentence, desired);
      case Outcome.RolledBack(var why, var reason) -> {
        failed(wanted, desired);
        account.event(why.reason(), "Rolled back: " + reason);
        report(NodePhase.ROLLED_BACK, why.reason(), reason);
      }
      case Outcome.Refused(var reason) -> {
        failed(wanted, desired);
        // No policy asks for untracking: the same without it is tried at once.
        if (!untrackingSupport.refuses(reason, uptime.instant())) {
          refused(wanted, reason);
        }
      }
    }
    return Optional.of(outcome);
  }

  /**
   * Nobody knows what stands: a pass ended where none should. Whatever it met, the rules in force
   * are looked after; the next pass looks again.
   */
  void failed(RuntimeException e) {
    var sentence =
        "a pass failed (%s): the agent's log says why".formatted(e.getClass().getSimpleName());
    account.hide(sentence, enforced());
    try {
      keep(true);
    } catch (RuntimeException again) {
      LOG.log(System.Logger.Level.ERROR, "nor can the rules in force be looked after", again);
    }
    checked = Instant.MIN;
    telemetry.health().unverified(sentence);
  }

  private void healed(Outcome.Healed healed) {
    telemetry.metrics().repaired(healed);
    account.healed(healed.sentence());
  }

  private void failed(Wanted wanted, boolean desired) {
    if (desired) {
      retry.failed(wanted, uptime.instant());
    }
  }

  private void refused(Wanted wanted, String reason) {
    if (wanted.equals(enforced)) {
      telemetry.health().unverified(reason);
      account.event("Drifted", reason);
      report(NodePhase.DRIFTED, reason);
    } else {
      var unsupported = Unsupported.in(reason);
      var sentence = unsupported.orElse(reason);
      account.event(unsupported.isPresent() ? NOT_ENFORCEABLE : "NotEnforced", sentence);
      report(NodePhase.FAILED, unsupported.isPresent() ? NOT_ENFORCEABLE : "", sentence);
    }
  }

  /** Our rules stand, and somebody else decides before them. */
  private void contested(Wanted wanted, String sentence, boolean desired) {
    if (desired && !wanted.equals(enforced)) {
      nowEnforced(wanted);
    }
    telemetry.health().unverified(sentence);
    account.event("JumpContested", sentence);
    report(NodePhase.DRIFTED, "JumpContested", sentence);
  }

  /** It was read back from the kernel. */
  private void stands(Wanted wanted, Outcome outcome, boolean desired, Optional<Objection> held) {
    telemetry.health().verified();
    telemetry.metrics().applied(wanted.revision(), clock.instant());
    if (!desired) {
      account.tellAgain(enforced());
      return;
    }
    account.forgetHidden();
    standingSets.forget();
    retry.done();
    if (!wanted.equals(enforced)) {
      nowEnforced(wanted);
    }
    if (outcome instanceof Outcome.Applied(_, boolean first)) {
      account.applied();
      if (first) {
        cluster.reconnect();
      }
    }
    held.ifPresentOrElse(this::heldBack, () -> report(NodePhase.APPLIED, ""));
  }

  private void heldBack(Objection objection) {
    report(NodePhase.ROLLED_BACK, objection.why().reason(), account.heldBack(objection));
  }

  void report(NodePhase phase, String message) {
    report(phase, "", message);
  }

  private void report(NodePhase phase, String reason, String message) {
    account.tell(phase, reason, message, enforced());
  }
}
