package io.hostfirewall.e2e.kernel;

import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Text of iptables-save and ipset save, to be compared. */
final class Rules {

  private static final Pattern OURS = Pattern.compile("HFW-|hfw[46]-");

  /** A table that was used once keeps its built-in chains for ever. */
  private static final Pattern EMPTY_TABLE =
      Pattern.compile("\\*\\w+\n(:[A-Z]+ ACCEPT \\[\\d+:\\d+]\n)+COMMIT\n");

  private static final Pattern POLICY_COUNTER = Pattern.compile("(:[A-Z]+ [A-Z]+) \\[\\d+:\\d+]");

  private static final Pattern DROPPED =
      Pattern.compile("^\\[(\\d+):\\d+] -A HFW-.* -j DROP$", Pattern.MULTILINE);

  private Rules() {}

  /**
   * What is left of an iptables-save without comments, counters of chain policies, and tables in
   * which nothing stands.
   */
  static String withoutEmptyTables(String saved) {
    var text = saved.lines().filter(line -> !line.startsWith("#"));
    var whole = text.map(line -> line + "\n").collect(Collectors.joining());
    whole = EMPTY_TABLE.matcher(whole).replaceAll("");
    return POLICY_COUNTER.matcher(whole).replaceAll("$1 [0:0]");
  }

  /** Without counters of rules, and without empty sets that guard trials. */
  static String atRest(String text) {
    var lines =
        text.lines()
            .map(line -> line.replaceFirst("^\\[\\d+:\\d+] ", ""))
            .filter(line -> !line.matches("create hfw[46]-(trial|lease) .*"));
    return lines.map(line -> line + "\n").collect(Collectors.joining());
  }

  /**
   * Rules in their order, and sets in any: every set that is created hashes by a number of its own.
   */
  static String comparable(String standing) {
    Predicate<String> ofSets = line -> line.startsWith("create ") || line.startsWith("add ");
    var rules = standing.lines().filter(ofSets.negate());
    var sets =
        standing.lines().filter(ofSets).map(line -> line.replaceAll(" initval \\S+", "")).sorted();
    return Stream.concat(rules, sets).collect(Collectors.joining("\n"));
  }

  /** How many packets rules of ours have dropped. */
  static long dropped(String rulesOfAll) {
    return DROPPED.matcher(rulesOfAll).results().mapToLong(r -> Long.parseLong(r.group(1))).sum();
  }

  /** How many packets rules of ours with a comment have dropped. */
  static long dropped(String rulesOfAll, String comment) {
    return sum(rulesOfAll, "^\\[(\\d+):\\d+] -A HFW-.* " + quoted(comment) + " -j DROP$");
  }

  /** How many packets rules of ours with a comment have met. */
  static long counted(String rulesOfAll, String comment) {
    return sum(rulesOfAll, "^\\[(\\d+):\\d+] -A HFW-.* " + quoted(comment) + " .*$");
  }

  private static String quoted(String comment) {
    return Pattern.quote("--comment \"" + comment + "\"");
  }

  private static long sum(String rulesOfAll, String rule) {
    return Pattern.compile(rule, Pattern.MULTILINE)
        .matcher(rulesOfAll)
        .results()
        .mapToLong(result -> Long.parseLong(result.group(1)))
        .sum();
  }

  /** Only the lines that name nothing of ours. */
  static String withoutOurs(String text) {
    var lines = text.lines().filter(line -> !OURS.matcher(line).find());
    var whole = lines.map(line -> line + "\n").collect(Collectors.joining());
    return EMPTY_TABLE.matcher(whole).replaceAll("");
  }
}
