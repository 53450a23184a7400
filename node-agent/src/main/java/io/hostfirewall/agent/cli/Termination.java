package io.hostfirewall.agent.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends a program that was told to (SIGTERM) between two turns of its work rather than within one.
 * Nothing in the kernel is undone: rules stay.
 */
final class Termination implements AutoCloseable {

  /**
   * Longer than an apply takes. What is cut off after it the kernel ends by itself, and the next
   * agent settles.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final CountDownLatch ended = new CountDownLatch(1);

  /**
   * @param stop asks the work to end, from another thread
   */
  Termination(Runnable stop) {
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("termination")
                .unstarted(
                    () -> {
                      stop.run();
                      await();
                    }));
  }

  private void await() {
    try {
      var _ = ended.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The work has ended. */
  @Override
  public void close() {
    ended.countDown();
  }
}
