package io.hostfirewall.operator.uninstall;

import io.hostfirewall.operator.watch.SteadyClock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;

/**
 * Until when there is time.
 *
 * @param pause between two looks at a thing that is waited for
 */
record Deadline(InstantSource clock, Instant begin, Instant end, Duration pause) {

  static Deadline in(Duration time) {
    var clock = new SteadyClock();
    var now = clock.instant();
    return new Deadline(clock, now, now.plus(time), Duration.ofMillis(500));
  }

  /** Another one that ends after a part of the whole time, so that the rest is left for others. */
  Deadline after(int parts, int of) {
    var time = Duration.between(begin, end).multipliedBy(parts).dividedBy(of);
    return new Deadline(clock, begin, begin.plus(time), pause);
  }

  /** Another one that ends after some time, whether this one has passed or not. */
  Deadline anew(Duration time) {
    var now = clock.instant();
    return new Deadline(clock, now, now.plus(time), pause);
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
