package io.hostfirewall.agent.drift;

import io.hostfirewall.agent.kernel.Backend;
import io.hostfirewall.agent.kernel.Commands;
import io.hostfirewall.agent.kernel.HostKernel;
import io.hostfirewall.agent.kernel.KernelException;
import java.time.Duration;

/**
 * Looks from time to time whether the iptables that we do not use is in use by others who matter.
 * The kernel evaluates the rules of both.
 */
final class BackEndWatch implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(BackEndWatch.class.getName());

  /** Nobody changes it in a hurry, and a look costs a few programs. */
  private static final Duration PERIOD = Duration.ofMinutes(1);

  private final Backend used;
  private final HostKernel host;
  private final Runnable wake;
  private final Thread thread = Thread.ofVirtual().name("back-end").unstarted(this::loop);
  private volatile String found = "";

  BackEndWatch(Backend used, Commands commands, Runnable wake) {
    this.used = used;
    this.host = new HostKernel(commands);
    this.wake = wake;
  }

  void start() {
    thread.start();
  }

  /** One sentence; empty for nothing of interest. */
  String found() {
    return found;
  }

  private void loop() {
    try {
      while (true) {
        Thread.sleep(PERIOD);
        look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    try {
      var now = host.survey().other(used);
      if (!now.equals(found)) {
        found = now;
        wake.run();
      }
    } catch (KernelException e) {
      LOG.log(System.Logger.Level.DEBUG, "{0}", e.getMessage());
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
