package io.hostfirewall.agent.drift;

import io.hostfirewall.agent.kernel.Commands;
import io.hostfirewall.agent.kernel.IpSetCommands;
import io.hostfirewall.ruleset.model.IpSet;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Asks a resident {@code ipset -} how many entries each of our sets has, and for the entries of
 * small ones. The kernel tells nobody of changed sets, and a program started for each look would
 * cost a hundred times as much (measured: 37 µs against 1 ms of CPU).
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

  private static final String SIZE = "Number of entries: ";

  /** Entries up to which a set is read as a whole at each look. */
  private static final int SMALL = 64;

  private volatile List<IpSet> watched = List.of();

  SetPoll(Commands commands, Runnable wake) {
    super(commands, List.of("ipset", "-"), Map.of(), wake);
  }

  void watch(List<IpSet> sets) {
    watched = sets;
  }

  @Override
  void speak(Process program, BufferedReader answers) throws IOException, InterruptedException {
    var good = new Good(List.of(), "");
    while (true) {
      var meant = watched;
      var answer = meant.isEmpty() ? "" : ask(() -> list(meant, program, answers));
      // Compared with what is meant, not with the last look: healed and emptied again between two
      // looks, a set looks the same.
      if (!good.is(meant, answer)) {
        var seen = read(answer);
        if (meant.stream().allMatch(set -> seen.stream().anyMatch(found -> found.mayBe(set)))) {
          good = new Good(meant, answer);
        } else {
          wake();
        }
        if (seen.size() < meant.size()) {
          // One is missing, and after such an error this ipset answers nothing any more.
          Thread.sleep(PERIOD);
          return;
        }
      }
      Thread.sleep(PERIOD);
    }
  }

  /** What an answer said when all was as meant: the same words need not be understood again. */
  private record Good(List<IpSet> meant, String answer) {

    @SuppressWarnings("ReferenceEquality") // Comparing the entries of large sets takes long.
    private boolean is(List<IpSet> nowMeant, String nowAnswered) {
      return meant == nowMeant && answer.equals(nowAnswered);
    }
  }

  /** A set as ipset lists it; of one that is not small only the number of its entries. */
  record Seen(String name, int size, Set<String> entries) {

    boolean mayBe(IpSet set) {
      return name.equals(set.name())
          && size == set.entries().size()
          && (!isSmall(set) || entries.equals(Set.copyOf(set.entries())));
    }
  }

  /** Reads what ipset answers to {@code list}. */
  static List<Seen> read(String answer) {
    return Arrays.stream(answer.split("(?m)^(ipset> )*Name: "))
        .skip(1)
        .map(
            text -> {
              var lines = text.replace(IpSetCommands.PROMPT, "").lines().toList();
              var size =
                  lines.stream()
                      .filter(line -> line.startsWith(SIZE))
                      .map(line -> line.substring(SIZE.length()))
                      .filter(digits -> digits.matches("\\d{1,9}"))
                      .mapToInt(Integer::parseInt)
                      .findFirst()
                      .orElse(-1);
              var members = lines.indexOf("Members:") + 1;
              var entries = members == 0 ? List.<String>of() : lines.subList(members, lines.size());
              return new Seen(lines.isEmpty() ? "" : lines.getFirst(), size, Set.copyOf(entries));
            })
        .toList();
  }

  private static boolean isSmall(IpSet set) {
    return set.entries().size() <= SMALL;
  }

  private static String list(List<IpSet> sets, Process program, BufferedReader answers)
      throws IOException {
    var request =
        sets.stream().map(SetPoll::question).collect(Collectors.joining("", MARK, MARK + PUSH));
    program.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
    program.getOutputStream().flush();
    skipToMark(answers);
    return readToMark(answers);
  }

  /** Of a small set all entries, so that an exchange of one for another is seen. */
  private static String question(IpSet set) {
    return (isSmall(set) ? "list " : "list -t ") + set.name() + "\n";
  }

  private static void skipToMark(BufferedReader answers) throws IOException {
    while (!isMark(next(answers))) {}
  }

  private static String readToMark(BufferedReader answers) throws IOException {
    var text = new StringBuilder();
    for (var line = next(answers); !isMark(line); line = next(answers)) {
      text.append(line).append('\n');
    }
    return text.toString();
  }

  private static boolean isMark(String line) {
    return line.contains("protocol version");
  }

  private static String next(BufferedReader answers) throws IOException {
    var line = answers.readLine();
    if (line == null) {
      throw new IOException("ipset ended");
    }
    return line;
  }
}
