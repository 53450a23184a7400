package io.hostfirewall.operator.uninstall;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/**
 * Until when there is time.
 *
 * @param pause between two looks at a thing that is waited for
 */
record Deadline(Clock clock, Instant end, Duration pause) {

  static Deadline in(Duration time) {
    var clock = Clock.systemUTC();
    return new Deadline(clock, clock.instant().plus(time), Duration.ofMillis(500));
  }

  /** Another one that ends after some time, whether this one has passed or not. */
  Deadline anew(Duration time) {
    return new Deadline(clock, clock.instant().plus(time), pause);
  }

  boolean passed() {
    return !clock.instant().isBefore(end);
  }

  /** Waits for something; false if the time is over first. It is looked at once in any case. */
  boolean await(BooleanSupplier something) throws InterruptedException {
    while (!something.getAsBoolean()) {
      if (!pauseUnlessPassed()) {
        return false;
      }
    }
    return true;
  }

  /** Waits a moment before the next look; false at once if the time is over. */
  boolean pauseUnlessPassed() throws InterruptedException {
    if (passed()) {
      return false;
    }
    Thread.sleep(pause);
    return true;
  }
}
