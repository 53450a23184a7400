package io.hostfirewall.operator.watch;

import java.time.Instant;
import java.time.InstantSource;

/**
 * A clock that nobody can set, for whoever waits. Its times have no meaning outside of this
 * process: only the time between two of them is of use.
 */
public final class SteadyClock implements InstantSource {

  private final long start = System.nanoTime();

  @Override
  public Instant instant() {
    return Instant.EPOCH.plusNanos(System.nanoTime() - start);
  }
}
