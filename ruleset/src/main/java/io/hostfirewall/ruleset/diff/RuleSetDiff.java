package io.hostfirewall.ruleset.diff;

import io.hostfirewall.ruleset.diff.Lines.Fate;
import io.hostfirewall.ruleset.model.Chain;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.Origin;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.RuleSet;
import io.hostfirewall.ruleset.model.Table;
import io.hostfirewall.ruleset.model.TableName;
import io.hostfirewall.ruleset.render.RuleText;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What would change in the rules of one family.
 *
 * @param chains those in which a rule changes
 */
public record RuleSetDiff(String family, List<ChainDiff> chains) {

  private static final int CONTEXT = 2;

  /** Networks of a set that are shown beside its rule; its name says nothing to a reader. */
  private static final int NETWORKS = 8;

  /**
   * One chain.
   *
   * @param name without the generation
   */
  public record ChainDiff(String table, String name, List<RuleLine> rules) {}

  /**
   * A rule that goes, comes, or stands near one that does.
   *
   * @param change {@code -}, {@code +} or a blank
   * @param number its place in the old chain if it goes, otherwise in the new one
   * @param origin policy and rule that it comes from, or what else
   */
  public record RuleLine(char change, int number, String text, String origin) {}

  public RuleSetDiff {
    chains = List.copyOf(chains);
  }

  /** Compares two rule sets of one family; plain names of chains in both. */
  public static RuleSetDiff of(RuleSet before, RuleSet after) {
    var chains = new ArrayList<ChainDiff>();
    for (var table : TableName.values()) {
      var names = new LinkedHashSet<String>();
      Stream.of(after, before)
          .flatMap(rules -> rules.table(table).stream())
          .flatMap(t -> t.chains().stream())
          .forEach(chain -> names.add(chain.name()));
      for (var name : names) {
        var old = chain(before, table, name);
        var now = chain(after, table, name);
        var lines = Lines.around(Lines.between(texts(old, before), texts(now, after)), CONTEXT);
        if (!lines.isEmpty()) {
          chains.add(
              new ChainDiff(
                  table.text(), name, lines.stream().map(line -> line(line, old, now)).toList()));
        }
      }
    }
    return new RuleSetDiff(before.family() == Family.IPV4 ? "ipv4" : "ipv6", chains);
  }

  /** Whether both are the same. */
  public boolean isEmpty() {
    return chains.isEmpty();
  }

  private static List<Rule> chain(RuleSet rules, TableName table, String name) {
    return rules
        .table(table)
        .map(Table::chains)
        .flatMap(chains -> chains.stream().filter(c -> c.name().equals(name)).findFirst())
        .map(Chain::rules)
        .orElse(List.of());
  }

  private static List<String> texts(List<Rule> rules, RuleSet of) {
    var sets =
        of.sets().stream().collect(Collectors.toMap(set -> set.name(), set -> set.entries()));
    return rules.stream().map(rule -> RuleText.of(rule).strip() + remark(rule, sets)).toList();
  }

  private static String remark(Rule rule, Map<String, List<String>> sets) {
    return rule.matches().stream()
        .filter(Match.InSet.class::isInstance)
        .flatMap(match -> Optional.ofNullable(sets.get(((Match.InSet) match).name())).stream())
        .map(RuleSetDiff::remark)
        .collect(Collectors.joining());
  }

  private static String remark(List<String> entries) {
    var shown = entries.stream().limit(NETWORKS).collect(Collectors.joining(" "));
    var more = entries.size() - NETWORKS;
    return "  # " + shown + (more > 0 ? " and %d more".formatted(more) : "");
  }

  private static RuleLine line(Lines.Line line, List<Rule> before, List<Rule> after) {
    var rules = line.fate() == Fate.REMOVED ? before : after;
    Origin origin = rules.get(line.number() - 1).origin();
    return new RuleLine(line.fate().sign(), line.number(), line.text(), origin.comment());
  }
}
