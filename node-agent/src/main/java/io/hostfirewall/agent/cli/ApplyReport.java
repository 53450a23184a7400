package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.transaction.Outcome;

/**
 * How an apply ended, for a reader and, as JSON, for a script.
 *
 * @param outcome {@code Unchanged}, {@code Applied}, {@code Healed}, {@code Contested}, {@code
 *     RolledBack} or {@code Refused}
 * @param enforced whether the revision decides now
 * @param reason why it was rolled back, in a word; empty otherwise
 * @param message the same in a sentence
 */
record ApplyReport(
    String outcome, boolean enforced, String revision, String reason, String message) {

  static ApplyReport of(Outcome outcome, String revision) {
    var message =
        switch (outcome) {
          case Outcome.Unchanged() -> revision + " is enforced already.";
          case Outcome.Applied(var after, _) ->
              "%s is enforced, since %d ms after the start.".formatted(revision, after.toMillis());
          case Outcome.Healed healed ->
              "%s is enforced again: %s.".formatted(revision, healed.sentence());
          case Outcome.Contested(var sentence) -> "it stands, but " + sentence + ".";
          case Outcome.RolledBack(_, var reason) ->
              "rolled back, the old rules decide: " + reason + ".";
          case Outcome.Refused(var reason) -> "nothing changed: " + reason + ".";
        };
    var isEnforced =
        switch (outcome) {
          case Outcome.Unchanged _, Outcome.Applied _, Outcome.Healed _ -> true;
          case Outcome.Contested _, Outcome.RolledBack _, Outcome.Refused _ -> false;
        };
    return new ApplyReport(
        outcome.getClass().getSimpleName(),
        isEnforced,
        revision,
        outcome instanceof Outcome.RolledBack(var why, _) ? why.reason() : "",
        message);
  }
}
