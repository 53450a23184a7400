package io.hostfirewall.agent.transaction;

import io.hostfirewall.agent.kernel.Kernel;
import io.hostfirewall.agent.kernel.KernelException;
import io.hostfirewall.agent.kernel.Observed;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.parse.SavedSet;
import io.hostfirewall.ruleset.render.SetText;
import io.hostfirewall.ruleset.trial.Difference;
import io.hostfirewall.ruleset.trial.Dispatch;
import io.hostfirewall.ruleset.trial.KernelState;
import io.hostfirewall.ruleset.trial.Steps;
import io.hostfirewall.ruleset.trial.TableState;
import io.hostfirewall.ruleset.trial.TrialSets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Brings the kernel to what is wanted, or leaves it as it was. New rules are loaded beside the old,
 * decide for a while that the kernel itself measures, and are confirmed once they were read back.
 * Whatever fails on the way, the old ones decide.
 */
public final class Transaction {

  private static final System.Logger LOG = System.getLogger(Transaction.class.getName());

  private final Kernel kernel;
  private final InstantSource clock;
  private final Proof proof;
  private final WarmUp warmUp;
  private final Journal journal;
  private final Consumer<Observed> seen;
  private final FormerRules former;
  private final Position position = new Position();
  private List<String> droppedBelow = List.of();

  /**
   * @param clock one that nobody can set
   * @param proof what must not object before new rules are confirmed
   */
  public Transaction(Kernel kernel, InstantSource clock, Proof proof) {
    this(kernel, FormerRules.none(), clock, proof, WarmUp.none(), Journal.none(), now -> {});
  }

  /**
   * @param clock one that nobody can set
   * @param seen told whenever the kernel was read
   */
  public Transaction(
      Kernel kernel,
      FormerRules former,
      InstantSource clock,
      Proof proof,
      WarmUp warmUp,
      Journal journal,
      Consumer<Observed> seen) {
    this.kernel = kernel;
    this.former = former;
    this.clock = clock;
    this.proof = proof;
    this.warmUp = warmUp;
    this.journal = journal;
    this.seen = seen;
  }

  public Kernel kernel() {
    return kernel;
  }

  private Observed observe() throws KernelException {
    return seen(kernel.observe());
  }

  private Observed seen(Observed now) {
    seen.accept(now);
    droppedBelow = Standing.droppedBelow(now);
    return now;
  }

  /** Whether nobody let packets by before our rules lately, and none of ours stand elsewhere. */
  public boolean isAlone() {
    return contestedBy().isEmpty() && former.areGone();
  }

  /** Who lets packets by before our rules, again and again; empty if nobody does. */
  public String contestedBy() {
    return position.contestedBy(clock.instant());
  }

  /** Why nothing is written down of what is done; empty if it is. */
  public String journalProblem() {
    return journal.problem();
  }

  /** Sentences on rules of others that may drop what ours let pass, as they were last seen. */
  public List<String> droppedBelow() {
    return droppedBelow;
  }

  /** Applies what is wanted, on trial. */
  public Outcome apply(Wanted wanted, Duration trial) {
    try {
      return apply(wanted, trial, kernel.observe());
    } catch (KernelException e) {
      return new Outcome.Refused(e.getMessage());
    }
  }

  /**
   * The same for who has looked already.
   *
   * @param now what stands in the kernel; nobody else of ours has written since
   */
  public Outcome apply(Wanted wanted, Duration trial, Observed now) {
    var start = clock.instant();
    if (wanted.isNothing()) {
      former.leave();
    }
    Observed before;
    WarmUp.Wait wait;
    try {
      before = settle(seen(now));
      if (Standing.differences(before, wanted).isEmpty()) {
        former.leave();
        journal.next(Journal.Step.DONE, wanted);
        return swept(before, wanted, new Outcome.Unchanged());
      }
      var steps = steps(before, wanted);
      if (steps.values().stream().allMatch(String::isEmpty)) {
        return swept(before, wanted, heal(wanted));
      }
      if (!wanted.isNothing()) {
        kernel.wake(before);
      }
      proof.before(wanted);
      wait = isFirstOfSome(before) ? warmUp.begin() : () -> {};
      journal.next(Journal.Step.LOAD, wanted);
      load(before, wanted, steps);
    } catch (KernelException e) {
      return new Outcome.Refused(e.getMessage());
    }
    Observed proven;
    Duration enforcedAfter;
    try {
      wait.orFail();
      switchOn(trial);
      enforcedAfter = Duration.between(start, clock.instant());
      proven = prove(wanted);
      journal.next(Journal.Step.CONFIRM, wanted);
      confirm();
    } catch (NotConfirmed e) {
      return rollBack(before, wanted, e.why(), e.getMessage());
    } catch (KernelException e) {
      return rollBack(before, wanted, Outcome.Why.APPLY_ERROR, e.getMessage());
    } catch (RuntimeException e) {
      // A proof asks whatever is on this host; nobody but this transaction ends its trial at once.
      LOG.log(System.Logger.Level.WARNING, "a trial was broken off", e);
      return rollBack(before, wanted, Outcome.Why.APPLY_ERROR, "the trial was broken off: " + e);
    }
    journal.next(Journal.Step.TIDY, wanted);
    former.leave();
    tidy(proven, wanted);
    journal.next(Journal.Step.DONE, wanted);
    return new Outcome.Applied(enforcedAfter, isFirst(before));
  }

  private Outcome rollBack(Observed before, Wanted wanted, Outcome.Why why, String reason) {
    journal.next(Journal.Step.FALL_BACK, wanted);
    fallBack(before);
    return new Outcome.RolledBack(why, reason);
  }

  private static boolean isFirst(Observed before) {
    return before.rules().values().stream().allMatch(KernelState::isEmpty);
  }

  /** A family that had no rules has connections of which the kernel knows nothing. */
  private static boolean isFirstOfSome(Observed before) {
    return before.rules().values().stream().anyMatch(KernelState::isEmpty);
  }

  /**
   * What was confirmed before this process lived.
   *
   * @param outcome whether it stood, or was put back
   */
  public record Recovered(Wanted wanted, Outcome outcome) {}

  /**
   * Puts everything in order that a process left behind, whenever it died: a trial is ended, and
   * what was confirmed last is enforced. Empty if nobody wrote down what that was, or if something
   * else stands at rest in the kernel, as it does after the disk was full; that stays then. Rules
   * of a family that the node has no more are left out.
   */
  public Optional<Recovered> recover() throws KernelException {
    var found = observe();
    var trial = Trial.of(found, kernel.families());
    var now = settle(found);
    return journal
        .confirmed(trial instanceof Trial.Confirmed)
        .filter(wanted -> now.confirmedRevision().map(wanted.revision()::equals).orElse(true))
        .map(wanted -> SavedRules.withLiveSets(wanted.in(kernel.families()), now))
        .filter(wanted -> !wanted.isNothing())
        .map(wanted -> new Recovered(wanted, swept(now, wanted, heal(wanted))));
  }

  /** Without sets of rules that are gone: who took those away may have died before the sets. */
  private Outcome swept(Observed before, Wanted wanted, Outcome outcome) {
    try {
      if (!(outcome instanceof Outcome.Refused)) {
        var now = outcome instanceof Outcome.Unchanged ? before : kernel.observe();
        kernel.destroySets(SetChanges.superfluous(now, wanted));
      }
    } catch (KernelException e) {
      LOG.log(System.Logger.Level.WARNING, "cannot take sets away: {0}", e.getMessage());
    }
    return outcome;
  }

  /**
   * Ends a trial that somebody left half done: as confirmed if it was, otherwise as if it had never
   * begun. Returns what stands then.
   */
  public Observed settle() throws KernelException {
    return settle(observe());
  }

  /** The same, as rules and sets, for who does not know what was confirmed. */
  public Wanted standing() throws KernelException {
    return SavedRules.standing(settle());
  }

  private Observed settle(Observed now) throws KernelException {
    switch (Trial.of(now, kernel.families())) {
      case Trial.None() -> {
        return now;
      }
      case Trial.Confirmed() -> {
        journal.trialWasConfirmed();
        kernel.restoreRules(texts(now, state -> Steps.complete(state, candidate(state))));
        endTrial(now);
      }
      case Trial.Running _, Trial.Expired _ -> {
        endTrial(now);
        kernel.restoreRules(texts(now, Steps::fallBack));
      }
    }
    return kernel.observe();
  }

  /**
   * Puts back, without a trial, rules that had passed theirs and that somebody changed, and brings
   * sets up to date.
   */
  public Outcome heal(Wanted wanted) {
    try {
      var now = observe();
      var differences = Standing.differences(now, wanted);
      if (differences.isEmpty()) {
        former.leave();
        journal.changed(wanted);
        return new Outcome.Unchanged();
      }
      var mayMove = position.mayMove(clock.instant());
      if (Standing.onlyOrder(differences) && !mayMove) {
        return contested(differences.getFirst());
      }
      kernel.restoreSets(SetChanges.bring(now, wanted.sets()));
      var texts = new EnumMap<Family, String>(Family.class);
      for (var rules : wanted.rules()) {
        var state = now.rules(rules.family());
        texts.put(rules.family(), Steps.heal(state, rules, wanted.revision(), mayMove));
      }
      kernel.restoreRules(texts);
      kernel.wake(now);
      endTrial(now);
      if (wanted.isNothing()) {
        kernel.destroySets(SetChanges.superfluous(now, wanted));
      }
      if (Standing.anyOrder(differences)) {
        position.moved(clock.instant());
      }
      var left = Standing.differences(kernel.observe(), wanted);
      if (Standing.onlyOrder(left)) {
        return contested(left.getFirst());
      }
      if (left.isEmpty()) {
        former.leave();
        journal.next(Journal.Step.DONE, wanted);
        journal.changed(wanted);
      }
      return left.isEmpty()
          ? new Outcome.Healed(differences)
          : new Outcome.Refused(left.getFirst().sentence());
    } catch (KernelException e) {
      return new Outcome.Refused(e.getMessage());
    }
  }

  /**
   * Changes sets under rules that stay: by what is known of them, so that nothing is waited for,
   * and then as they are.
   */
  public Outcome edit(Wanted standing, Wanted wanted) {
    var text = SetChanges.byEntry(standing.liveSets(), wanted.liveSets());
    try {
      kernel.restoreSets(text);
    } catch (KernelException e) {
      LOG.log(System.Logger.Level.DEBUG, "somebody changed a set: {0}", e.getMessage());
    }
    var outcome = heal(wanted);
    return outcome instanceof Outcome.Unchanged && !text.isEmpty()
        ? new Outcome.Healed(SetChanges.differences(standing.liveSets(), wanted.liveSets()))
        : outcome;
  }

  /** What of a change of address sets may be made at once, before anything is written. */
  public SetEdits.Admitted admit(Wanted standing, Wanted wanted) {
    return new SetEdits(proof).admit(standing, wanted);
  }

  private Outcome contested(Difference difference) {
    position.contested(clock.instant(), difference.sentence());
    return new Outcome.Contested(difference.sentence());
  }

  private Map<Family, String> steps(Observed before, Wanted wanted) {
    var steps = new EnumMap<Family, String>(Family.class);
    for (var family : kernel.families()) {
      var state = before.rules(family);
      steps.put(family, Steps.load(state, wanted.rules(family), wanted.revision()));
    }
    return steps;
  }

  /** Step 1: the new rules stand beside the old, and no packet reaches them. */
  private void load(Observed before, Wanted wanted, Map<Family, String> steps)
      throws KernelException {
    try {
      var guards = Trial.unusable(before);
      if (guards.isPresent()) {
        throw new KernelException("set " + guards.get() + " is not ours and has the name of ours");
      }
      kernel.restoreSets(
          TrialSets.create(kernel.families(), before.sets())
              + SetChanges.bring(before, wanted.sets()));
      kernel.restoreRules(steps);
    } catch (KernelException e) {
      fallBack(before);
      throw e;
    }
  }

  /** Step 2: from here the new rules are enforced, for a while. */
  private void switchOn(Duration trial) throws KernelException {
    kernel.restoreSets(TrialSets.begin(kernel.families(), trial));
  }

  /** Step 3: what stands in the kernel is what was meant, and nothing speaks against it. */
  private Observed prove(Wanted wanted) throws KernelException, NotConfirmed {
    var now = observe();
    var differences = Standing.differencesOnTrial(now, wanted, kernel.families());
    if (!differences.isEmpty()) {
      var first = differences.getFirst();
      throw new NotConfirmed(
          first.kind() == Difference.Kind.TRIAL_ENDED
              ? Outcome.Why.DEADLINE
              : Outcome.Why.READ_BACK,
          first.sentence());
    }
    var objection = proof.objection(wanted);
    if (objection.isPresent()) {
      throw new NotConfirmed(objection.get().why(), objection.get().sentence());
    }
    return now;
  }

  /** Step 4: the new rules are enforced for ever. */
  private void confirm() throws NotConfirmed {
    try {
      kernel.restoreSets(TrialSets.confirm(kernel.families()));
    } catch (KernelException e) {
      throw new NotConfirmed(
          Outcome.Why.DEADLINE, "the trial could not be confirmed: " + e.getMessage());
    }
  }

  /**
   * Step 5: the old rules go. If that fails the new ones are enforced all the same, and the next
   * transaction tidies.
   */
  private void tidy(Observed now, Wanted wanted) {
    try {
      kernel.restoreRules(texts(now, state -> Steps.complete(state, wanted.revision())));
      endTrial(now);
      kernel.destroySets(SetChanges.superfluous(now, wanted));
    } catch (KernelException e) {
      LOG.log(System.Logger.Level.WARNING, "cannot tidy up after a trial: {0}", e.getMessage());
    }
  }

  /**
   * The old rules decide, and nothing of the new ones is left. What the kernel refuses here the
   * next transaction settles.
   */
  private void fallBack(Observed before) {
    endTrialAtOnce();
    try {
      var now = kernel.observe();
      endTrial(now);
      kernel.restoreRules(texts(now, Steps::fallBack));
      var kept = before.sets().stream().map(SavedSet::name);
      kernel.destroySets(SetChanges.superfluous(now, kept));
    } catch (KernelException e) {
      LOG.log(System.Logger.Level.WARNING, "cannot tidy up after a failure: {0}", e.getMessage());
    }
  }

  /** Before anything is read: that may take long, or be what failed. */
  private void endTrialAtOnce() {
    try {
      kernel.restoreSets(TrialSets.end(kernel.families()));
    } catch (KernelException e) {
      // Not all guards stand yet, so that no trial can have begun; or the kernel ends it by itself.
      LOG.log(System.Logger.Level.DEBUG, "no trial to end: {0}", e.getMessage());
    }
  }

  private void endTrial(Observed now) throws KernelException {
    kernel.restoreSets(
        SetText.flush(Trial.sets().filter(name -> now.set(name).isPresent()).toList()));
  }

  /**
   * The revision that a family tries. One that only takes rules away leaves none to name it in the
   * kernel.
   */
  private String candidate(KernelState state) {
    return state.tables().stream()
        .map(TableState::dispatch)
        .filter(Dispatch.OnTrial.class::isInstance)
        .flatMap(dispatch -> ((Dispatch.OnTrial) dispatch).candidate().stream())
        .map(Dispatch.Target::revision)
        .findFirst()
        .or(() -> journal.confirmed(true).map(Wanted::revision))
        .or(state::confirmedRevision)
        .orElse("");
  }

  private static Map<Family, String> texts(Observed now, Function<KernelState, String> step) {
    var texts = new EnumMap<Family, String>(Family.class);
    now.rules().forEach((family, state) -> texts.put(family, step.apply(state)));
    return texts;
  }
}
