package io.hostfirewall.agent.drift;

import io.hostfirewall.agent.kernel.Backend;
import io.hostfirewall.agent.kernel.Commands;
import io.hostfirewall.agent.kernel.HostKernel;
import io.hostfirewall.agent.kernel.KernelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Looks every few seconds whether the rules of iptables-legacy that concern us are what they were,
 * since the kernel tells nobody of a change.
 */
final class LegacyPoll implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(LegacyPoll.class.getName());

  /** What is changed shall be healed within six seconds. */
  private static final Duration PERIOD = Duration.ofSeconds(4);

  /** Our chains, the built-in ones in which we stand, and whose tables they are. */
  private static final Pattern OURS =
      Pattern.compile("HFW-|^-A (INPUT|FORWARD|OUTPUT|PREROUTING) |^\\*");

  private static final Pattern COUNTERS = Pattern.compile(" \\[\\d+:\\d+]$");

  private final Commands commands;
  private final Runnable wake;
  private final Looks looks = new Looks();
  private final Thread thread = Thread.ofVirtual().name("legacy").unstarted(this::loop);

  LegacyPoll(Commands commands, Runnable wake) {
    this.commands = commands;
    this.wake = wake;
  }

  void start() {
    thread.start();
  }

  private void loop() {
    try {
      while (true) {
        Thread.sleep(PERIOD);
        if (looks.isNews(look())) {
          wake.run();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Null if nothing could be seen. */
  private @Nullable List<String> look() {
    var lines = new ArrayList<String>();
    try {
      for (var family : HostKernel.families()) {
        var program = Backend.LEGACY.program(family, "save");
        lines.addAll(concerningUs(commands.output(List.of(program))));
      }
      return lines;
    } catch (KernelException e) {
      LOG.log(System.Logger.Level.DEBUG, "{0}", e.getMessage());
      return null;
    }
  }

  /** The lines of a text of iptables-save that concern us, without counters. */
  static List<String> concerningUs(String saved) {
    return saved
        .lines()
        .filter(line -> OURS.matcher(line).find())
        .map(line -> COUNTERS.matcher(line).replaceFirst(""))
        .toList();
  }

  /** Somebody compared the kernel with what is meant. */
  void checked(boolean asMeant) {
    looks.checked(asMeant);
  }

  /** What was seen before, and whether it was good. */
  static final class Looks {

    /** As it is meant to be. */
    private @Nullable List<String> good;

    private @Nullable List<String> last;
    private boolean lastIsGood;

    /**
     * Whether somebody shall look closer. What was seen is known to be good only when a check since
     * found nothing and it is still seen: healed and changed again between two looks, it looks the
     * same.
     */
    synchronized boolean isNews(@Nullable List<String> now) {
      if (now != null && lastIsGood && now.equals(last)) {
        good = now;
      }
      if (now != null && now.equals(good)) {
        return false;
      }
      good = null;
      last = now;
      lastIsGood = false;
      return true;
    }

    synchronized void checked(boolean asMeant) {
      lastIsGood = asMeant;
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
