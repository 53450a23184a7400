package io.hostfirewall.agent.loop;

import io.hostfirewall.agent.kernel.Unsupported;
import io.hostfirewall.ruleset.compile.Untracking;
import java.time.Duration;
import java.time.Instant;

/** What is known of whether this kernel can leave connections untracked. */
final class UntrackingSupport {

  private static final System.Logger LOG = System.getLogger(UntrackingSupport.class.getName());

  /** A module may come later. Each try is a transaction that the kernel may refuse. */
  private static final Duration BETWEEN_TRIES = Duration.ofHours(1);

  private String refusal = "";
  private Instant tryAgain = Instant.MIN;
  private boolean wasExhausted;

  /**
   * What of it is possible, and needed. After a refusal it is tried again after an hour, and when
   * it becomes needed.
   */
  Untracking of(boolean exhausted, Instant now) {
    if (!now.isBefore(tryAgain) || (exhausted && !wasExhausted)) {
      forget();
    }
    wasExhausted = exhausted;
    if (!refusal.isEmpty()) {
      return Untracking.IMPOSSIBLE;
    }
    return exhausted ? Untracking.NEEDED : Untracking.READY;
  }

  /** Whether a kernel that refused rules for this reason did so because of it; kept if so. */
  boolean refuses(String reason, Instant now) {
    if (!Unsupported.isUntracking(reason) || !refusal.isEmpty()) {
      return false;
    }
    refusal = Unsupported.in(reason).orElse(reason);
    tryAgain = now.plus(BETWEEN_TRIES);
    LOG.log(System.Logger.Level.WARNING, "{0}", refusal);
    return true;
  }

  /** In a sentence; empty if the kernel did not refuse it. */
  String refusal() {
    return refusal;
  }

  void forget() {
    refusal = "";
  }
}
