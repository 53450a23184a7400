package io.hostfirewall.agent.kernel;

import io.hostfirewall.ruleset.model.Family;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What nft tells of tables and iptables-nft does not: {@code flags dormant} takes all chains of a
 * table out of the way of packets, and leaves them where they are.
 */
record NftTables(Commands commands) {

  private static final System.Logger LOG = System.getLogger(NftTables.class.getName());

  /**
   * Many times what nft takes. Iptables goes on without it, and a trial shall not end because of
   * it.
   */
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private static final String NOT_THERE = "No such file or directory";

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

  private static final Pattern CHAIN = Pattern.compile("^\\s*chain (\\S+) \\{", Pattern.MULTILINE);

  NftTables {
    commands = new Commands(commands.prefix(), LIMIT);
  }

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
    var text = questions.collect(Collectors.joining()) + "quit\n";
    try {
      var answer = commands.attempt(READING, text, NO_HISTORY);
      if (answer.exit() == 0 && complaint(answer).isEmpty()) {
        return answer.out();
      }
    } catch (KernelException e) {
      LOG.log(System.Logger.Level.DEBUG, "{0}", e.getMessage());
    }
    return readOneByOne();
  }

  /** By an nft that reads from no pipe, or that broke off at one of them. */
  private String readOneByOne() throws KernelException {
    var read = new StringBuilder();
    for (var table : TABLES) {
      var words = Stream.concat(Stream.of("nft", "--terse"), table.stream()).toList();
      var answer = commands.attempt(words, "");
      var complaint = complaint(answer);
      if (complaint.isPresent()) {
        throw new KernelException("nft: " + complaint.get());
      }
      read.append(answer.out());
    }
    return read.toString();
  }

  /** Why it did not tell, but for a table that is not there. */
  private static Optional<String> complaint(Commands.Result answer) {
    return answer
        .err()
        .lines()
        .filter(line -> line.startsWith("Error:") && !line.contains(NOT_THERE))
        .findFirst();
  }

  /** The names of all chains of a family, those that iptables does not show included. */
  List<String> chains(Family family) throws KernelException {
    return CHAIN
        .matcher(commands.output(List.of("nft", "list", "chains", word(family))))
        .results()
        .map(chain -> chain.group(1))
        .toList();
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
