package io.hostfirewall.ruleset.parse;

import io.hostfirewall.ruleset.parse.SavedChain.SavedRule;
import io.hostfirewall.ruleset.render.RuleText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Reads what iptables-save printed, with or without counters, and writes it again. */
public final class SaveParser {

  private static final Pattern RULE =
      Pattern.compile("(?:(\\[\\d{1,18}:\\d{1,18}]) )?-A (\\S+)(.*)");
  private static final Pattern CHAIN = Pattern.compile(":(\\S+) (\\S+) (\\[\\d{1,18}:\\d{1,18}])");

  /** A chain that is being read. */
  private static final class Draft {
    private final String policy;
    private final Counters counters;
    private final List<SavedRule> rules = new ArrayList<>();

    private Draft(String policy, Counters counters) {
      this.policy = policy;
      this.counters = counters;
    }
  }

  private SaveParser() {}

  /**
   * The tables of a text, in its order.
   *
   * @throws IllegalArgumentException with the line that iptables-save could not have printed
   */
  public static List<SavedTable> parse(String text) {
    return parse(text, table -> true);
  }

  /**
   * Those tables of a text that are asked for; lines of others are not looked at, so tens of
   * thousands of them cost nothing.
   *
   * @throws IllegalArgumentException with the line that iptables-save could not have printed
   */
  public static List<SavedTable> parse(String text, Predicate<String> asked) {
    var tables = new ArrayList<SavedTable>();
    var table = "";
    Map<String, Draft> chains = new LinkedHashMap<>();
    var skipped = false;
    for (var line : (Iterable<String>) text.lines()::iterator) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      if (line.startsWith("*")) {
        table = line.substring(1);
        skipped = !asked.test(table);
        chains = new LinkedHashMap<>();
      } else if (!skipped && line.equals("COMMIT")) {
        tables.add(new SavedTable(table, finish(chains)));
      } else if (!skipped) {
        read(line, chains);
      }
    }
    return tables;
  }

  private static void read(String line, Map<String, Draft> chains) {
    var declaration = CHAIN.matcher(line);
    if (declaration.matches()) {
      chains.put(
          declaration.group(1),
          new Draft(declaration.group(2), Counters.parse(declaration.group(3))));
      return;
    }
    var rule = RULE.matcher(line);
    var chain = rule.matches() ? chains.get(rule.group(2)) : null;
    if (chain == null) {
      throw new IllegalArgumentException("not a line of iptables-save: " + line);
    }
    var counters = rule.group(1) == null ? Counters.ZERO : Counters.parse(rule.group(1));
    chain.rules.add(new SavedRule(counters, RuleParser.parse(rule.group(3))));
  }

  private static List<SavedChain> finish(Map<String, Draft> chains) {
    return chains.entrySet().stream()
        .map(
            entry ->
                new SavedChain(
                    entry.getKey(),
                    entry.getValue().policy,
                    entry.getValue().counters,
                    entry.getValue().rules))
        .toList();
  }

  /**
   * The text of tables as iptables-save prints it without counters of rules and without its
   * remarks.
   */
  public static String text(List<SavedTable> tables) {
    var text = new StringBuilder();
    for (var table : tables) {
      text.append('*').append(table.name()).append('\n');
      for (var chain : table.chains()) {
        text.append(":%s %s %s\n".formatted(chain.name(), chain.policy(), chain.counters()));
      }
      for (var chain : table.chains()) {
        for (var rule : chain.rules()) {
          text.append("-A ").append(chain.name()).append(RuleText.of(rule.rule())).append('\n');
        }
      }
      text.append("COMMIT\n");
    }
    return text.toString();
  }
}
