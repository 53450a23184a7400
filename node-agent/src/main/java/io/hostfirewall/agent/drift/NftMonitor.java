package io.hostfirewall.agent.drift;

import io.hostfirewall.agent.kernel.Commands;
import java.io.IOException;
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
          "HFW-|ip6? filter (INPUT|FORWARD|OUTPUT)\\b|ip6? raw PREROUTING\\b|^(delete|flush) (table|ruleset)|^add table ip6? (filter|raw)\\b|We lost some netlink events");

  NftMonitor(Commands commands, Runnable wake) {
    super(commands, List.of("nft", "monitor"), Map.of(), wake);
  }

  @Override
  void speak(Process program) throws IOException {
    var answers = program.inputReader();
    for (var line = answers.readLine(); line != null; line = answers.readLine()) {
      if (concernsUs(line)) {
        wake();
      }
    }
    throw new IOException("nft monitor ended");
  }

  static boolean concernsUs(String line) {
    return OURS.matcher(line).find();
  }
}
