package io.hostfirewall.agent.health;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Whether the agent lives, and whether what it enforces was proven. */
public final class Health {

  /**
   * How long one turn of the loop may take. A program of the kernel's is waited for up to a minute,
   * and a turn calls several; one that takes longer than this hangs.
   */
  private static final Duration LONGEST_TURN = Duration.ofMinutes(5);

  private static final String READY = "ready";

  /** An answer to a probe. */
  record Answer(boolean good, String text) {}

  private final LongSupplier nanoTime;
  private volatile long turned;
  private volatile String readiness = "nothing was verified since the start";

  public Health() {
    this(System::nanoTime);
  }

  /**
   * @param nanoTime a clock that nobody can set
   */
  Health(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.turned = nanoTime.getAsLong();
  }

  /** That of a program that has done its work and only stays. */
  public static Health atRest() {
    var health = new Health(() -> 0);
    health.verified();
    return health;
  }

  /** The loop is at the beginning of a turn. */
  public void turned() {
    turned = nanoTime.getAsLong();
  }

  /** What the node shall enforce was read back from the kernel. */
  public void verified() {
    readiness = READY;
  }

  /** What the kernel holds is not what it should. */
  public void unverified(String why) {
    readiness = why;
  }

  Answer live() {
    var turning = Duration.ofNanos(nanoTime.getAsLong() - turned);
    return turning.compareTo(LONGEST_TURN) <= 0
        ? new Answer(true, "alive")
        : new Answer(false, "the loop has not turned for " + turning.toSeconds() + " s");
  }

  Answer ready() {
    var now = readiness;
    return new Answer(now.equals(READY), now);
  }
}
