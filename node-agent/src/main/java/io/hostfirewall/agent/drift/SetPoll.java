package io.hostfirewall.agent.drift;

import io.hostfirewall.agent.kernel.Commands;
import io.hostfirewall.ruleset.model.IpSet;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Asks a resident {@code ipset -} for the heads of our sets, how many entries each has, and for the
 * entries of small ones. The kernel tells nobody of changed sets, and a program started for each
 * look would cost a hundred times as much (measured: 37 µs against 1 ms of CPU).
 */
final class SetPoll extends Resident {

  /** Between two looks, since sets tell of no change: an emptied one is healed within a second. */
  private static final Duration PERIOD = Duration.ofMillis(750);

  /** An answer has neither a beginning nor an end that could be seen; this one stands around it. */
  private static final String MARK = "version\n";

  /**
   * ipset keeps its answers back while it writes to a pipe, until there are 4 KiB of them. The help
   * is 5 KiB long: twice of it pushes out whatever was said before (68 µs instead of 37, and no
   * other program is needed).
   */
  private static final String PUSH = "help\nhelp\n";

  /** Entries up to which a set is read as a whole at each look. */
  private static final int SMALL = 64;

  private final Runnable wake;
  private volatile List<IpSet> watched = List.of();

  SetPoll(Commands commands, Runnable wake) {
    super(commands, List.of("ipset", "-"));
    this.wake = wake;
  }

  void watch(List<IpSet> sets) {
    watched = sets;
  }

  @Override
  void speak(Process program, BufferedReader answers) throws IOException, InterruptedException {
    var before = "";
    var asked = List.<IpSet>of();
    while (true) {
      var now = watched;
      var heads = now.isEmpty() ? "" : heads(program, answers, now);
      if (now.equals(asked) && !heads.equals(before)) {
        wake.run();
      }
      asked = now;
      before = heads;
      if (heads.lines().filter(line -> line.contains("Name: ")).count() < now.size()) {
        // A set is missing, and after such an error this ipset answers nothing any more.
        wake.run();
        Thread.sleep(PERIOD);
        return;
      }
      Thread.sleep(PERIOD);
    }
  }

  private static String heads(Process program, BufferedReader answers, List<IpSet> sets)
      throws IOException {
    var request =
        sets.stream().map(SetPoll::question).collect(Collectors.joining("", MARK, MARK + PUSH));
    program.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
    program.getOutputStream().flush();
    readToMark(answers);
    return readToMark(answers);
  }

  /** Of a small set all entries, so that an exchange of one for another is seen. */
  private static String question(IpSet set) {
    return (set.entries().size() <= SMALL ? "list " : "list -t ") + set.name() + "\n";
  }

  private static String readToMark(BufferedReader answers) throws IOException {
    var text = new StringBuilder();
    for (var line = answers.readLine(); line != null; line = answers.readLine()) {
      if (line.contains("protocol version")) {
        return text.toString();
      }
      text.append(line).append('\n');
    }
    throw new IOException("ipset ended");
  }
}
