package io.hostfirewall.ruleset.diff;

import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.diff.Lines.Fate;
import io.hostfirewall.ruleset.explain.SetWords;
import io.hostfirewall.ruleset.model.Chain;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Origin;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.RuleSet;
import io.hostfirewall.ruleset.model.Table;
import io.hostfirewall.ruleset.model.TableName;
import io.hostfirewall.ruleset.render.RuleText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Stream;

/**
 * What would change in the rules of one family.
 *
 * @param chains those in which a rule changes
 * @param sets those that stay, with other entries
 */
public record RuleSetDiff(String family, List<ChainDiff> chains, List<SetDiff> sets) {

  private static final int CONTEXT = 2;

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
   * @param text as iptables prints it, and behind a # what its sets are
   * @param origin policy and rule that it comes from, or what else
   */
  public record RuleLine(char change, int number, String text, String origin) {}

  public RuleSetDiff {
    chains = List.copyOf(chains);
    sets = List.copyOf(sets);
  }

  /**
   * Compares two rule sets of one family.
   *
   * @param policies what they were made from, as far as it is known
   */
  public static RuleSetDiff of(Side old, Side now, Collection<RevisionPolicy> policies) {
    var words = now.words(policies);
    return new RuleSetDiff(
        now.rules().family() == Family.IPV4 ? "ipv4" : "ipv6",
        chains(old.rules(), old.words(policies), now.rules(), words),
        SetDiff.between(old.sets(), now.sets(), words));
  }

  private static List<ChainDiff> chains(
      RuleSet before, SetWords setsBefore, RuleSet after, SetWords setsAfter) {
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
        var lines =
            Lines.around(Lines.between(texts(old, setsBefore), texts(now, setsAfter)), CONTEXT);
        if (!lines.isEmpty()) {
          chains.add(
              new ChainDiff(
                  table.text(), name, lines.stream().map(line -> line(line, old, now)).toList()));
        }
      }
    }
    return chains;
  }

  /** Whether both are the same. */
  public boolean isEmpty() {
    return chains.isEmpty() && sets.isEmpty();
  }

  private static List<Rule> chain(RuleSet rules, TableName table, String name) {
    return rules
        .table(table)
        .map(Table::chains)
        .flatMap(chains -> chains.stream().filter(c -> c.name().equals(name)).findFirst())
        .map(Chain::rules)
        .orElse(List.of());
  }

  private static List<String> texts(List<Rule> rules, SetWords sets) {
    return rules.stream().map(rule -> RuleText.of(rule).strip() + sets.remark(rule)).toList();
  }

  private static RuleLine line(Lines.Line line, List<Rule> before, List<Rule> after) {
    var rules = line.fate() == Fate.REMOVED ? before : after;
    Origin origin = rules.get(line.number() - 1).origin();
    return new RuleLine(line.fate().sign(), line.number(), line.text(), origin.comment());
  }
}
