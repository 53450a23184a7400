package io.hostfirewall.agent.transaction;

import java.time.Duration;
import java.time.Instant;

/**
 * Keeps the fight for the first place in a chain short: somebody who always inserts himself again
 * is answered once a minute, not a thousand times.
 */
final class Position {

  private static final Duration PAUSE = Duration.ofMinutes(1);

  /** Who was not contradicted for so long has given up. */
  private static final Duration PEACE = Duration.ofMinutes(10);

  private Instant moved = Instant.MIN;
  private Instant contested = Instant.MIN;
  private String by = "";

  boolean mayMove(Instant now) {
    return Duration.between(moved, now).compareTo(PAUSE) >= 0;
  }

  void moved(Instant now) {
    moved = now;
  }

  void contested(Instant now, String sentence) {
    contested = now;
    by = sentence;
  }

  /** Who contests it; empty if nobody does. */
  String contestedBy(Instant now) {
    return Duration.between(contested, now).compareTo(PEACE) < 0 ? by : "";
  }
}
