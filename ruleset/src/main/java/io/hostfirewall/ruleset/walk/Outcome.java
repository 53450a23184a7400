package io.hostfirewall.ruleset.walk;

import io.hostfirewall.ruleset.model.Verdict.Answer;

/** How a walk ends. */
public sealed interface Outcome {

  /** Our rules let the packet pass; those of others judge it still. */
  record Passes() implements Outcome {}

  record Dropped() implements Outcome {}

  record Rejected(Answer answer) implements Outcome {}

  /**
   * A rule that is not ours was met, and what it does cannot be told.
   *
   * @param words those of its match or target
   */
  record Unknown(String words) implements Outcome {}
}
