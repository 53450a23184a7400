package io.hostfirewall.agent.drift;

import io.hostfirewall.agent.kernel.Commands;
import io.hostfirewall.agent.kernel.IpSetCommands;
import io.hostfirewall.ruleset.model.IpSet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Asks a resident {@code ipset -} how many entries each of our sets has, and for the entries of
 * small ones. The kernel tells nobody of changed sets, and a program started for each look would
 * cost a hundred times as much (measured: 37 µs against 1 ms of CPU).
 */
final class SetPoll extends Resident {

  /** Between two looks, since sets tell of no change: an emptied one is healed within a second. */
  private static final Duration PERIOD = Duration.ofMillis(750);

  /** In what an answer has usually come. */
  private static final Duration ANSWERED = Duration.ofMillis(3);

  /** Between two checks where a set is too large to be read as a whole at each look. */
  private static final Duration CHECK = Duration.ofSeconds(30);

  /** An answer has neither a beginning nor an end that could be seen; this one stands around it. */
  private static final String MARK = "version\n";

  /** In the answer to {@link #MARK}, and in no other. */
  private static final String MARKED = "protocol version";

  /**
   * ipset keeps its answers back while it writes to a pipe, until there are 4 KiB of them. The help
   * is 5 KiB long: twice of it pushes out whatever was said before (68 µs instead of 37, and no
   * other program is needed).
   */
  private static final String PUSH = "help\nhelp\n";

  /** Half of what a pipe holds (pipe(7): 64 KiB). */
  private static final int MOST_LETTERS = 32 * 1024;

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
  void speak(Process program) throws IOException, InterruptedException {
    var answers = new MarkedAnswers(program.getInputStream(), MARKED);
    for (var meant = watched; speak(program, answers, meant); meant = watched) {}
  }

  /**
   * Asks for some sets again and again.
   *
   * @return whether this program can be asked for others
   */
  private boolean speak(Process program, MarkedAnswers answers, List<IpSet> meant)
      throws IOException, InterruptedException {
    var questions = questions(meant);
    var checked = System.nanoTime();
    var good = true;
    var complete = true;
    answers.askedAnew();
    for (; complete && isWatched(meant); Thread.sleep(PERIOD)) {
      if (meant.isEmpty()) {
        continue;
      }
      var news = ask(() -> answer(questions, program, answers));
      if (news.isPresent()) {
        var seen = read(news.get());
        // Compared with what is meant, not with the last look: healed and emptied again between two
        // looks, a set looks the same.
        good = meant.stream().allMatch(set -> seen.stream().anyMatch(found -> found.mayBe(set)));
        // One is missing, and after such an error this ipset answers nothing any more.
        complete = seen.size() >= meant.size();
      }
      if (!good || isDue(meant, checked)) {
        checked = System.nanoTime();
        wake();
      }
    }
    return complete;
  }

  /** The answers to all questions; empty if there is one, and its answer is the one before. */
  private static Optional<String> answer(
      List<byte[]> questions, Process program, MarkedAnswers answers)
      throws IOException, InterruptedException {
    if (questions.size() == 1) {
      return answer(questions.getFirst(), program, answers);
    }
    var all = new StringBuilder();
    for (var question : questions) {
      answers.askedAnew();
      answer(question, program, answers).ifPresent(all::append);
    }
    return Optional.of(all.toString());
  }

  private static Optional<String> answer(byte[] question, Process program, MarkedAnswers answers)
      throws IOException, InterruptedException {
    program.getOutputStream().write(question);
    program.getOutputStream().flush();
    // The answer comes in pieces, and to be woken for each costs more than to read them.
    Thread.sleep(ANSWERED);
    return answers.next();
  }

  @SuppressWarnings("ReferenceEquality") // Comparing the entries of large sets takes long.
  private boolean isWatched(List<IpSet> meant) {
    return meant == watched;
  }

  private static boolean isDue(List<IpSet> meant, long checked) {
    return System.nanoTime() - checked > CHECK.toNanos()
        && !meant.stream().allMatch(SetPoll::isSmall);
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

  /** In parts that a pipe takes as a whole: ipset reads no more while nobody reads its answer. */
  static List<byte[]> questions(List<IpSet> sets) {
    var questions = new ArrayList<byte[]>();
    var part = new StringBuilder(MARK);
    for (var set : sets) {
      if (part.length() > MOST_LETTERS) {
        questions.add(closed(part));
        part = new StringBuilder(MARK);
      }
      part.append(question(set));
    }
    questions.add(closed(part));
    return questions;
  }

  private static byte[] closed(StringBuilder question) {
    return question.append(MARK).append(PUSH).toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Of a small set all entries, so that an exchange of one for another is seen. */
  private static String question(IpSet set) {
    return (isSmall(set) ? "list " : "list -t ") + set.name() + "\n";
  }
}
