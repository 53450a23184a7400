package io.hostfirewall.e2e.lab;

import java.util.concurrent.locks.LockSupport;

/** The clock by which the kernel measures what it keeps for a short time. */
public final class Jiffies {

  private static final int CLOCK_MONOTONIC_COARSE = 6;

  private Jiffies() {}

  /** Waits until it has ticked so often; at 250 Hz a tick takes 4 ms. */
  public static void pass(int ticks) {
    for (var i = 0; i < ticks; i++) {
      var before = Libc.nanos(CLOCK_MONOTONIC_COARSE);
      while (Libc.nanos(CLOCK_MONOTONIC_COARSE) == before) {
        LockSupport.parkNanos(200_000);
      }
    }
  }
}
