package io.hostfirewall.agent.kernel;

import io.hostfirewall.ruleset.model.Family;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What nft tells of tables and iptables-nft does not: {@code flags dormant} takes all chains of a
 * table out of the way of packets, and leaves them where they are.
 */
record NftTables(Commands commands) {

  /**
   * One program for all tables of ours, which it reads one after the other from a pipe: nft 1.0.6
   * mixes up several tables asked for at once, and its JSON has nonsense for flags.
   */
  private static final List<String> READING = List.of("nft", "--terse", "--interactive");

  private static final List<List<String>> TABLES =
      Stream.of("ip filter", "ip raw", "ip6 filter", "ip6 raw")
          .map(table -> List.of(("list table " + table).split(" ")))
          .toList();

  /** Where nft would write down what it was asked; there it cannot. */
  private static final Map<String, String> NO_HISTORY = Map.of("HOME", "/dev/null");

  private static final Pattern DORMANT =
      Pattern.compile("^table (ip6?) (\\w+) \\{.*\\R\\s*flags .*\\bdormant\\b", Pattern.MULTILINE);

  /**
   * Tables of ours that sleep. One that is not there does not.
   *
   * @throws KernelException if nft cannot be asked
   */
  Map<Family, Set<String>> asleep() throws KernelException {
    var asleep = new EnumMap<Family, Set<String>>(Family.class);
    var found = DORMANT.matcher(read());
    while (found.find()) {
      asleep.computeIfAbsent(family(found.group(1)), family -> new HashSet<>()).add(found.group(2));
    }
    return asleep;
  }

  private String read() throws KernelException {
    var questions = TABLES.stream().map(words -> String.join(" ", words) + "\n");
    var answer =
        commands.attempt(READING, questions.collect(Collectors.joining()) + "quit\n", NO_HISTORY);
    return answer.exit() == 0 ? answer.out() : readOneByOne();
  }

  /** By an nft that reads from no pipe, or that broke off at one of them. */
  private String readOneByOne() throws KernelException {
    var read = new StringBuilder();
    for (var table : TABLES) {
      var words = Stream.concat(Stream.of("nft", "--terse"), table.stream()).toList();
      read.append(commands.attempt(words, "").out());
    }
    return read.toString();
  }

  /** To add a table that stands changes nothing but its flags. */
  void wake(Family family, String name) throws KernelException {
    var _ = commands.output(List.of("nft", "add", "table", word(family), name));
  }

  private static Family family(String word) {
    return word.equals(word(Family.IPV4)) ? Family.IPV4 : Family.IPV6;
  }

  private static String word(Family family) {
    return family == Family.IPV4 ? "ip" : "ip6";
  }
}
