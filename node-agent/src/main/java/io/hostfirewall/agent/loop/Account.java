package io.hostfirewall.agent.loop;

import io.hostfirewall.agent.drift.DriftWatch;
import io.hostfirewall.agent.node.ConnectionTable;
import io.hostfirewall.agent.transaction.Objection;
import io.hostfirewall.agent.transaction.Outcome;
import io.hostfirewall.agent.transaction.Transaction;
import io.hostfirewall.agent.transaction.Wanted;
import io.hostfirewall.api.v1alpha1.NodePhase;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What this node says of itself: how it went last, and what a failed pass hides of that. */
final class Account {

  private static final System.Logger LOG = System.getLogger(Account.class.getName());

  private final Transaction transaction;
  private final DriftWatch drift;
  private final ConnectionTable connections;
  private final UntrackingSupport untracking;
  private final Reporter reporter;
  private final Statuses statuses;

  private @Nullable Long generation;
  private @Nullable Told told;

  /** What was told before a pass failed. */
  private @Nullable Told hidden;

  /** Whether this pass failed, which is all that it tells of the node. */
  private boolean isFailed;

  private String lastDrift = "";

  /**
   * What was told last.
   *
   * @param exhausted of the kernel's table of connections
   */
  private record Told(
      Long generation, NodePhase phase, String reason, String message, String exhausted) {}

  Account(
      Transaction transaction,
      DriftWatch drift,
      ConnectionTable connections,
      UntrackingSupport untracking,
      Reporter reporter,
      Statuses statuses) {
    this.transaction = transaction;
    this.drift = drift;
    this.connections = connections;
    this.untracking = untracking;
    this.reporter = reporter;
    this.statuses = statuses;
  }

  /** A pass begins; this generation of the node's state is answered from now on. */
  void answer(@Nullable Long generation) {
    this.generation = generation;
    isFailed = false;
  }

  /** Whether that one was told how the kernel stands. */
  boolean hasAnswered() {
    return reporter.hasAnswered(generation);
  }

  /** Tells that something happened, once. */
  void event(String reason, String message) {
    reporter.event(reason, message);
  }

  /** Somebody changed our rules, and they were put back. */
  void healed(String sentence) {
    lastDrift = sentence;
    event("DriftHealed", "Somebody changed our rules; they were put back: " + sentence);
  }

  /** Other rules were applied: what was changed before says nothing of them. */
  void applied() {
    lastDrift = "";
  }

  /** Tells why sets keep what they held; returns the sentence on it. */
  String heldBack(Objection objection) {
    var sentence = "an address set keeps what it held: " + objection.sentence();
    event(objection.why().reason(), "Held back: " + sentence);
    return sentence;
  }

  /**
   * Writes down how it went.
   *
   * @param expected whether sets alone change, which is no news
   */
  void log(Wanted wanted, Outcome outcome, boolean expected) {
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
      case Outcome.Contested(var sentence) ->
          LOG.log(System.Logger.Level.WARNING, "{0} stands, but {1}", what, sentence);
      case Outcome.RolledBack(_, var reason) ->
          LOG.log(System.Logger.Level.WARNING, "{0} was rolled back: {1}", what, reason);
      case Outcome.Refused(var reason) ->
          LOG.log(System.Logger.Level.WARNING, "{0} is not enforced: {1}", what, reason);
    }
  }

  /**
   * Tells how the node is.
   *
   * @param reason one word in CamelCase on why it is not as it shall be; empty if the phase says it
   * @param enforced what is in force; empty if nobody knows
   */
  void tell(NodePhase phase, String reason, String message, Optional<Wanted> enforced) {
    if (generation != null && !isFailed) {
      var exhausted = exhausted(enforced);
      told = new Told(generation, phase, reason, message, exhausted);
      reporter.report(
          statuses.of(
              generation, phase, reason, enforced, message, findings(exhausted), reporter.last()));
    }
  }

  private Findings findings(String exhausted) {
    return new Findings(
        lastDrift,
        transaction.contestedBy(),
        transaction.droppedBelow(),
        drift.otherBackEnd(),
        drift.bypassed(),
        exhausted,
        untracking.refusal(),
        transaction.journalProblem());
  }

  private String exhausted(Optional<Wanted> enforced) {
    return connections.exhausted(enforced.map(Wanted::sparesSomebody).orElse(false));
  }

  /** Tells the same once more if the table of connections is full now, or no longer. */
  void tellOfConnections(Optional<Wanted> enforced) {
    if (told != null && !told.exhausted().equals(exhausted(enforced))) {
      tellOfSets(enforced);
    }
  }

  /** Tells the same once more of rules in force whose sets changed. */
  void tellOfSets(Optional<Wanted> enforced) {
    if (told != null && told.generation().equals(generation)) {
      tell(told.phase(), told.reason(), told.message(), enforced);
    }
  }

  /** Tells that this pass failed, for as long as no other one found something to stand. */
  void hide(String sentence, Optional<Wanted> enforced) {
    hidden = hidden == null ? told : hidden;
    try {
      tell(NodePhase.FAILED, "", sentence, enforced);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.DEBUG, "nor can that be reported: {0}", e.getMessage());
    }
    isFailed = true;
  }

  /** Tells what a failed pass has hidden, if it is about the same. */
  void tellAgain(Optional<Wanted> enforced) {
    if (isFailed) {
      return;
    }
    var before = hidden;
    hidden = null;
    if (before != null && before.generation().equals(generation)) {
      tell(before.phase(), before.reason(), before.message(), enforced);
    }
  }

  /** What a failed pass has hidden is no longer so. */
  void forgetHidden() {
    hidden = null;
  }
}
