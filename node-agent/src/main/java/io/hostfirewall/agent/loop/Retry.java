package io.hostfirewall.agent.loop;

import io.hostfirewall.agent.transaction.Wanted;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** When to try again what failed: at once if something else is wanted, otherwise ever later. */
final class Retry {

  private static final Duration FIRST = Duration.ofSeconds(5);
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private @Nullable Wanted failed;
  private Duration pause = FIRST;
  private Instant next = Instant.EPOCH;

  boolean isDue(Wanted wanted, Instant now) {
    return !wanted.equals(failed) || !now.isBefore(next);
  }

  void failed(Wanted wanted, Instant now) {
    pause = wanted.equals(failed) ? longer() : FIRST;
    failed = wanted;
    next = now.plus(pause);
  }

  void done() {
    failed = null;
    pause = FIRST;
  }

  private Duration longer() {
    var doubled = pause.multipliedBy(2);
    return doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
  }
}
