package io.hostfirewall.ruleset.trial;

import io.hostfirewall.ruleset.model.Table;
import io.hostfirewall.ruleset.model.TableName.Hook;
import io.hostfirewall.ruleset.parse.PlainRule;
import io.hostfirewall.ruleset.parse.SavedChain;
import io.hostfirewall.ruleset.parse.SavedTable;
import io.hostfirewall.ruleset.render.RuleText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What rules of others, in the built-in chains of one table, do to ours.
 *
 * @param above sentences on those that let packets by before ours are reached
 * @param below sentences on those that may drop what ours let pass
 */
public record Neighbours(List<String> above, List<String> below) {

  /** Packets of these our rules let pass anyway: our own host's, and those of known connections. */
  private static final Pattern HARMLESS =
      Pattern.compile(
          "(?<!! )-[io] lo |(?<!! )--(?:ct)?state (?:RELATED,ESTABLISHED|ESTABLISHED,RELATED|ESTABLISHED|RELATED) ");

  /** A program that gets a packet may let it pass, and then it meets no other rule here. */
  private static final Set<String> ACCEPTING = Set.of("ACCEPT", "NFQUEUE", "QUEUE");

  private static final Set<String> DROPPING = Set.of("DROP", "REJECT");

  public Neighbours {
    above = List.copyOf(above);
    below = List.copyOf(below);
  }

  static Neighbours none() {
    return new Neighbours(List.of(), List.of());
  }

  /** Reads them out of a table; where we have no jump they do nothing to us. */
  static Neighbours of(SavedTable table, List<Hook> hooks) {
    var above = new ArrayList<String>();
    var below = new ArrayList<String>();
    for (var hook : hooks) {
      table.chain(hook.builtIn()).ifPresent(chain -> read(table, hook, chain, above, below));
    }
    return new Neighbours(above, below);
  }

  private static void read(
      SavedTable table, Hook hook, SavedChain chain, List<String> above, List<String> below) {
    var rules = chain.plainRules().stream().map(PlainRule::of).toList();
    if (rules.stream().noneMatch(rule -> leadsToUs(rule, hook))) {
      return;
    }
    var reached = false;
    for (var i = 0; i < rules.size(); i++) {
      var rule = rules.get(i);
      if (leadsToUs(rule, hook)) {
        reached = true;
      } else if (!reached && passesUsBy(table, chain, rule)) {
        above.add("%s accepts before %s is reached".formatted(named(i, chain), hook.dispatcher()));
      } else if (reached && DROPPING.contains(rule.target())) {
        below.add(named(i, chain) + " may drop what a policy accepts");
      }
    }
    if (chain.policy().equals("DROP")) {
      below.add("the policy of chain " + chain.name() + " drops what no other rule accepts");
    }
  }

  private static boolean leadsToUs(PlainRule rule, Hook hook) {
    return rule.target().equals(hook.dispatcher());
  }

  private static String named(int index, SavedChain chain) {
    return "rule %d of chain %s (-A %s%s, not ours)"
        .formatted(
            index + 1, chain.name(), chain.name(), RuleText.of(chain.plainRules().get(index)));
  }

  /**
   * Whether a rule of a built-in chain can let packets by that ours would judge. Whoever returns
   * from there, or comes back from where it went, meets the policy of the chain.
   */
  private static boolean passesUsBy(SavedTable table, SavedChain builtIn, PlainRule rule) {
    if (isHarmless(rule)) {
      return false;
    }
    var leaves = rule.target().equals("RETURN") || rule.isGoto();
    return (leaves && builtIn.policy().equals("ACCEPT")) || accepts(table, rule, new HashSet<>());
  }

  private static boolean isHarmless(PlainRule rule) {
    return HARMLESS.matcher(rule.matches()).find();
  }

  /** Whether a rule, or a chain that it leads to, can let packets pass that ours would judge. */
  private static boolean accepts(SavedTable table, PlainRule rule, Set<String> visited) {
    if (isHarmless(rule)) {
      return false;
    }
    if (ACCEPTING.contains(rule.target())) {
      return true;
    }
    return !rule.target().startsWith(Table.CHAIN_PREFIX)
        && visited.add(rule.target())
        && table.chain(rule.target()).map(SavedChain::plainRules).orElse(List.of()).stream()
            .anyMatch(next -> accepts(table, PlainRule.of(next), visited));
  }
}
