package io.hostfirewall.agent.drift;

import io.hostfirewall.agent.kernel.Backend;
import io.hostfirewall.agent.kernel.Commands;
import io.hostfirewall.agent.kernel.HostKernel;
import io.hostfirewall.agent.kernel.KernelException;
import io.hostfirewall.agent.kernel.LegacyTables;
import io.hostfirewall.ruleset.model.Family;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Looks from time to time whether the iptables that we do not use is in use by others who matter.
 * The kernel evaluates the rules of both. And whether there is something around them.
 */
final class BackEndWatch implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(BackEndWatch.class.getName());

  /** Nobody changes it in a hurry, and a look costs a few programs. */
  private static final Duration PERIOD = Duration.ofMinutes(1);

  /** The same where the kernel itself tells that others came, and nothing was found before. */
  private static final Duration QUIET_PERIOD = Duration.ofMinutes(5);

  /** Between two glances at what the kernel tells, which cost next to nothing. */
  private static final Duration GLANCE = Duration.ofSeconds(5);

  private final Backend used;
  private final HostKernel host;
  private final ServiceBypass bypass;
  private final Runnable wake;
  private final Thread thread = Thread.ofVirtual().name("back-end").unstarted(this::loop);
  private volatile String found = "";
  private volatile String bypassed = "";

  BackEndWatch(Backend used, Commands commands, Runnable wake) {
    this.used = used;
    this.host = new HostKernel(commands);
    this.bypass = new ServiceBypass(commands);
    this.wake = wake;
  }

  void start() {
    thread.start();
  }

  /** One sentence; empty for nothing of interest. */
  String found() {
    return found;
  }

  /** One sentence on service traffic that our rules never see; empty if they see all. */
  String bypassed() {
    return bypassed;
  }

  private void loop() {
    try {
      var tables = legacyTables();
      var settled = false;
      for (var looked = System.nanoTime(); ; Thread.sleep(GLANCE)) {
        var now = legacyTables();
        var changed = !now.equals(tables);
        var period = settled && isQuiet() ? QUIET_PERIOD : PERIOD;
        if (changed || System.nanoTime() - looked >= period.toNanos()) {
          look();
          tables = now;
          settled = !changed; // Who makes a table fills it a moment later.
          looked = System.nanoTime();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isQuiet() {
    return used == Backend.NFT && found.isEmpty() && bypassed.isEmpty() && !bypass.isPossible();
  }

  private static List<String> legacyTables() {
    return Stream.of(Family.values()).flatMap(BackEndWatch::legacyTables).toList();
  }

  private static Stream<String> legacyTables(Family family) {
    try {
      return LegacyTables.standing(family).stream().map(table -> family + table);
    } catch (IOException e) {
      return Stream.empty();
    }
  }

  private void look() {
    try {
      var survey = host.survey();
      var now = survey.other(used);
      var around = bypass.found(survey.kubeProxy());
      if (!now.equals(found) || !around.equals(bypassed)) {
        found = now;
        bypassed = around;
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
