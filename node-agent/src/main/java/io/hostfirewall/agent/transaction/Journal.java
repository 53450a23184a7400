package io.hostfirewall.agent.transaction;

import java.util.Optional;

/** What is written down, so that a program that starts anywhere in the middle knows what to do. */
public interface Journal {

  /** What a transaction is about to do. */
  enum Step {
    /** Load new rules beside the old, and let them decide for a while. */
    LOAD,
    /** Let them decide for ever. */
    CONFIRM,
    /** They do; take the old ones away. */
    TIDY,
    /** Nothing; what is wanted stands. */
    DONE,
    /** Let the old ones decide again. */
    FALL_BACK
  }

  /** Writes down what comes next. What cannot be written is complained of, and hinders nothing. */
  void next(Step step, Wanted wanted);

  /** Keeps the sets of what is confirmed up to date, and writes again what could not be written. */
  void changed(Wanted confirmed);

  /**
   * The kernel holds a trial that was confirmed, and is about to forget that it was one: who dies
   * after that must find it written down.
   */
  void trialWasConfirmed();

  /**
   * What was confirmed last; empty if nobody knows, or if nothing of ours was.
   *
   * @param trialWasConfirmed whether the kernel holds a trial that was confirmed and not tidied
   */
  Optional<Wanted> confirmed(boolean trialWasConfirmed);

  /** Why it cannot be written, in a sentence; empty if it can. */
  default String problem() {
    return "";
  }

  /** Remembers nothing. */
  static Journal none() {
    return new Journal() {
      @Override
      public void next(Step step, Wanted wanted) {}

      @Override
      public void changed(Wanted confirmed) {}

      @Override
      public void trialWasConfirmed() {}

      @Override
      public Optional<Wanted> confirmed(boolean trialWasConfirmed) {
        return Optional.empty();
      }
    };
  }
}
