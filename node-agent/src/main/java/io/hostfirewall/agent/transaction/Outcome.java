package io.hostfirewall.agent.transaction;

import java.time.Duration;

/** How a transaction ended. */
public sealed interface Outcome {

  /** The kernel held what was wanted. */
  record Unchanged() implements Outcome {}

  /**
   * What was wanted is in force, and was read back.
   *
   * @param enforcedAfter how long it took until packets met the new rules
   * @param first whether there was nothing of ours before
   */
  record Applied(Duration enforcedAfter, boolean first) implements Outcome {}

  /**
   * What was in force stands again; somebody had changed it.
   *
   * @param difference one sentence on what was different
   */
  record Healed(String difference) implements Outcome {}

  /** The old rules decide again. */
  record RolledBack(String reason) implements Outcome {}

  /** The kernel refused before anything was in force; nothing changed. */
  record Refused(String reason) implements Outcome {}
}
