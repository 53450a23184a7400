package io.hostfirewall.e2e.bench;

import static org.awaitility.Awaitility.await;

import java.time.Duration;

/** Leaves an agent alone for a while, as it is for almost all of its life. */
final class Rest {

  /** Longer than the agent's own waits for rest: what it does then is over. */
  private static final Duration USUAL = Duration.ofSeconds(15);

  private Rest() {}

  static void usual() {
    of(USUAL);
  }

  static void of(Duration time) {
    var end = System.nanoTime() + time.toNanos();
    await().atMost(time.plusSeconds(10)).until(() -> System.nanoTime() - end >= 0);
  }
}
