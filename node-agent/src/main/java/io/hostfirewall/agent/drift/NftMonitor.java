package io.hostfirewall.agent.drift;

import io.hostfirewall.agent.kernel.Commands;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads what {@code nft monitor} prints, and wakes the listener when it may concern us. */
final class NftMonitor extends Resident {

  /**
   * Our chains, the built-in chains that jump to them, what happens to a whole table, and that the
   * kernel told more than could be read (libnftables, mnl.c). All else, such as every rule of
   * kube-proxy, wakes nobody.
   */
  private static final Pattern OURS =
      Pattern.compile(
          "HFW-|ip6? filter (INPUT|FORWARD|OUTPUT)\\b|ip6? raw (PREROUTING|OUTPUT)\\b|^(delete|flush) (table|ruleset)|^add table ip6? (filter|raw)\\b|We lost some netlink events");

  /** That a table was told to sleep, or was woken, iptables does not say. */
  private static final Pattern TABLE =
      Pattern.compile("^add table ip6? (filter|raw)\\b|We lost some netlink events");

  /**
   * It reads all rules of the host before it listens (nft 1.0.6): 35 ms for 5,000 of them, traced.
   */
  private static final Duration LISTENING = Duration.ofSeconds(5);

  private final Runnable tableChanged;

  /**
   * @param tableChanged whom to tell that something may have happened to a whole table
   */
  NftMonitor(Commands commands, Runnable tableChanged, Runnable wake) {
    super(commands, List.of("nft", "monitor"), Map.of(), wake);
    this.tableChanged = tableChanged;
  }

  @Override
  void speak(Process program) throws IOException {
    var answers = program.inputReader();
    Thread.startVirtualThread(() -> lookOnceItListens(program));
    for (var line = answers.readLine(); line != null; line = answers.readLine()) {
      if (isAboutTable(line)) {
        tableChanged.run();
      }
      if (concernsUs(line)) {
        wake();
      }
    }
    throw new IOException("nft monitor ended");
  }

  /** What happened until then nobody told. */
  private void lookOnceItListens(Process program) {
    try {
      Thread.sleep(LISTENING);
      if (program.isAlive()) {
        tableChanged.run();
        wake();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static boolean isAboutTable(String line) {
    return TABLE.matcher(line).find();
  }

  static boolean concernsUs(String line) {
    return OURS.matcher(line).find();
  }
}
