package io.hostfirewall.ruleset.trial;

import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.Table;
import io.hostfirewall.ruleset.model.TableName.Hook;
import io.hostfirewall.ruleset.parse.SavedChain;
import io.hostfirewall.ruleset.parse.SavedTable;
import io.hostfirewall.ruleset.render.RuleText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What rules of others, in the built-in chains of one table, do to ours.
 *
 * @param above sentences on those that let packets by before ours are reached
 * @param below sentences on those that may drop what ours let pass
 */
public record Neighbours(List<String> above, List<String> below) {

  private static final Pattern TARGET = Pattern.compile(" -[jg] (\\S+)");

  /** Packets of these our rules let pass anyway: our own host's, and those of known connections. */
  private static final Pattern HARMLESS =
      Pattern.compile(
          "(?<!!) -[io] lo( |$)|(?<!! )--(?:ct)?state (?:RELATED,ESTABLISHED|ESTABLISHED,RELATED|ESTABLISHED|RELATED)( |$)");

  private static final Pattern DROPS = Pattern.compile(" -j (DROP|REJECT)( |$)");

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
    var rules = chain.plainRules();
    var ours = rules.stream().map(RuleText::of).filter(text -> leadsToUs(text, hook)).findFirst();
    if (ours.isEmpty()) {
      return;
    }
    var reached = false;
    for (var i = 0; i < rules.size(); i++) {
      var text = RuleText.of(rules.get(i));
      if (leadsToUs(text, hook)) {
        reached = true;
      } else if (!reached && accepts(table, text, new HashSet<>())) {
        above.add(
            "%s accepts before %s is reached".formatted(named(i, chain, text), hook.dispatcher()));
      } else if (reached && DROPS.matcher(text).find()) {
        below.add(named(i, chain, text) + " may drop what a policy accepts");
      }
    }
    if (chain.policy().equals("DROP")) {
      below.add("the policy of chain " + chain.name() + " drops what no other rule accepts");
    }
  }

  private static boolean leadsToUs(String text, Hook hook) {
    return target(text).filter(hook.dispatcher()::equals).isPresent();
  }

  private static String named(int index, SavedChain chain, String text) {
    return "rule %d of chain %s (-A %s%s, not ours)"
        .formatted(index + 1, chain.name(), chain.name(), text);
  }

  private static Optional<String> target(String text) {
    var target = TARGET.matcher(text);
    return target.find() ? Optional.of(target.group(1)) : Optional.empty();
  }

  /** Whether a rule, or a chain that it leads to, can let packets by that ours would judge. */
  private static boolean accepts(SavedTable table, String text, Set<String> visited) {
    var target = target(text);
    if (target.isEmpty() || HARMLESS.matcher(text).find()) {
      return false;
    }
    if (target.get().equals("ACCEPT")) {
      return true;
    }
    return !target.get().startsWith(Table.CHAIN_PREFIX)
        && visited.add(target.get())
        && table.chain(target.get()).map(SavedChain::plainRules).orElse(List.<Rule>of()).stream()
            .anyMatch(rule -> accepts(table, RuleText.of(rule), visited));
  }
}
