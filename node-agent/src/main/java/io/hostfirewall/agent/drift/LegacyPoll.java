package io.hostfirewall.agent.drift;

import io.hostfirewall.agent.kernel.Backend;
import io.hostfirewall.agent.kernel.Commands;
import io.hostfirewall.agent.kernel.LegacyTables;
import io.hostfirewall.ruleset.model.Family;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Looks every few seconds whether the rules of iptables-legacy that concern us are what they were,
 * since the kernel tells nobody of a change. A resident {@code iptables-restore} carries out {@code
 * -S} like any other line and writes no table back in which it changed nothing. A program started
 * for each look would cost twenty times as much (measured: 65 µs of CPU against 1.3 ms, the tables
 * of kube-proxy, which do not concern us, left aside).
 */
final class LegacyPoll extends Resident {

  /** What is changed shall be healed within six seconds. */
  private static final Duration PERIOD = Duration.ofSeconds(4);

  /** Those in which we have chains. */
  private static final List<String> TABLES = List.of("filter", "raw");

  /** The built-in chains in which we stand. */
  private static final List<String> BUILT_IN =
      Stream.of("INPUT", "FORWARD", "OUTPUT", "PREROUTING")
          .flatMap(chain -> Stream.of("-P " + chain + " ", "-A " + chain + " "))
          .toList();

  /**
   * Who only reads needs no lock, as iptables-save has none: it shall keep nobody waiting, nor wait
   * for anybody. No other process locks this file.
   */
  private static final Map<String, String> WITHOUT_LOCK =
      Map.of("XTABLES_LOCKFILE", "/proc/self/comm");

  /** Comments, which it repeats, around an answer that has neither a beginning nor an end. */
  private static final String BEGIN = "#begin";

  private static final String END = "#end";

  /** It keeps its answers back until there are 4 KiB of them. */
  private static final String PUSH = "#" + " ".repeat(4200) + "\n";

  private final Family family;
  private final Looks looks = new Looks();

  LegacyPoll(Commands commands, Family family, Runnable wake) {
    super(
        commands,
        List.of(
            Backend.LEGACY.program(family, "restore"), "--noflush", "--verbose", "--wait", "10"),
        WITHOUT_LOCK,
        wake);
    this.family = family;
  }

  @Override
  void speak(Process program) throws IOException, InterruptedException {
    var answers = program.inputReader();
    while (true) {
      if (looks.isNews(ask(() -> look(program, answers)))) {
        wake();
      }
      Thread.sleep(PERIOD);
    }
  }

  private List<String> look(Process program, BufferedReader answers) throws IOException {
    program.getOutputStream().write(question(standing()).getBytes(StandardCharsets.US_ASCII));
    program.getOutputStream().flush();
    readTo(BEGIN, answers);
    return readTo(END, answers).stream().filter(LegacyPoll::concernsUs).toList();
  }

  /** Asking for a table that does not stand would make it. */
  private List<String> standing() throws IOException {
    return LegacyTables.standing(family).stream().filter(TABLES::contains).sorted().toList();
  }

  static String question(List<String> tables) {
    return tables.stream()
        .map("*%s\n-S\nCOMMIT\n"::formatted)
        .collect(Collectors.joining("", BEGIN + "\n", END + "\n" + PUSH));
  }

  private static List<String> readTo(String mark, BufferedReader answers) throws IOException {
    var lines = new ArrayList<String>();
    for (var line = answers.readLine(); line != null; line = answers.readLine()) {
      if (line.equals(mark)) {
        return lines;
      }
      lines.add(line);
    }
    throw new IOException("iptables-restore ended");
  }

  /** Whether a line is about our chains, or the built-in ones in which we stand. */
  static boolean concernsUs(String line) {
    return line.contains("HFW-") || BUILT_IN.stream().anyMatch(line::startsWith);
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
    synchronized boolean isNews(List<String> now) {
      if (lastIsGood && now.equals(last)) {
        good = now;
      }
      if (now.equals(good)) {
        return false;
      }
      good = null;
      last = now;
      lastIsGood = false;
      return true;
    }

    synchronized void checked(boolean asMeant) {
      lastIsGood = asMeant;
      if (!asMeant) {
        // It was put right: what was seen before that is good no more, whoever checks next.
        good = null;
        last = null;
      }
    }
  }
}
