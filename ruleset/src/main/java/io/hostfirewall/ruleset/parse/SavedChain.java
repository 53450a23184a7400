package io.hostfirewall.ruleset.parse;

import io.hostfirewall.ruleset.model.Rule;
import java.util.List;

/**
 * A chain as iptables-save printed it.
 *
 * @param policy what happens at its end; {@code -} for a chain that is not built in
 */
public record SavedChain(String name, String policy, Counters counters, List<SavedRule> rules) {

  /** A rule and how much it has met, zero if that was not printed. */
  public record SavedRule(Counters counters, Rule rule) {}

  public SavedChain {
    rules = List.copyOf(rules);
  }

  /** Its rules without their counters. */
  public List<Rule> plainRules() {
    return rules.stream().map(SavedRule::rule).toList();
  }
}
