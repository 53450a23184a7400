package io.hostfirewall.ruleset.compile;

import static io.hostfirewall.ruleset.compile.Rules.decide;

import io.hostfirewall.api.v1alpha1.Action;
import io.hostfirewall.api.v1alpha1.RateLimit;
import io.hostfirewall.ruleset.merge.EffectiveRule;
import io.hostfirewall.ruleset.model.Chain;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is done with the packets that a rule of a policy is about.
 *
 * <p>What the kernel must count once for the whole rule, however many rules of iptables its
 * alternatives and copies take, stands in a chain of its own. They all go to it, and it ends in a
 * verdict: the rule decides whatever it is about.
 */
final class RuleActions {

  private final Family family;
  private final String prefix;
  private final Map<EffectiveRule, Chain> chains = new LinkedHashMap<>();

  /**
   * @param prefix how the names of the chains begin
   */
  RuleActions(Family family, String prefix) {
    this.family = family;
    this.prefix = prefix;
  }

  /** The chains that the rules seen so far go to. */
  List<Chain> chains() {
    return List.copyOf(chains.values());
  }

  /** What is done with packets that {@code matches} describe. */
  List<Rule> of(EffectiveRule rule, List<Match> matches) {
    if (rule.rule().connectionLimit() == null) {
      return decision(rule, matches);
    }
    var chain = chains.get(rule);
    if (chain == null) {
      chain = new Chain(prefix + "RULE-" + (chains.size() + 1), decision(rule, List.of()));
      chains.put(rule, chain);
    }
    return List.of(new Rule(matches, new Verdict.Goto(chain.name()), rule.origin()));
  }

  private List<Rule> decision(EffectiveRule rule, List<Match> matches) {
    var rules = new ArrayList<Rule>();
    var connections = rule.rule().connectionLimit();
    if (connections != null) {
      var above = Limiter.connections(connections, rule.rule().rateLimit(), family);
      rules.addAll(decide(Action.DENY, family, and(matches, above), rule.origin()));
    }
    var limit = rule.rule().rateLimit();
    if (limit == null) {
      rules.addAll(decide(rule.rule().action(), family, matches, rule.origin()));
      return rules;
    }
    var within = Limiter.of(rule, limit, family);
    rules.addAll(decide(Action.ACCEPT, family, and(matches, within), rule.origin()));
    rules.addAll(decide(exceeded(limit), family, matches, rule.origin()));
    return rules;
  }

  private static List<Match> and(List<Match> matches, Match more) {
    var all = new ArrayList<>(matches);
    all.add(more);
    return all;
  }

  private static Action exceeded(RateLimit limit) {
    return limit.exceeded() == null ? Action.DENY : limit.exceeded();
  }
}
