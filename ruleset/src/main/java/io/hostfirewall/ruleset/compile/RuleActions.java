package io.hostfirewall.ruleset.compile;

import static io.hostfirewall.ruleset.compile.Rules.decide;

import io.hostfirewall.api.v1alpha1.Action;
import io.hostfirewall.api.v1alpha1.RateLimit;
import io.hostfirewall.ruleset.merge.Direction;
import io.hostfirewall.ruleset.merge.EffectiveRule;
import io.hostfirewall.ruleset.model.Chain;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is done with the packets that a rule of a policy is about.
 *
 * <p>Connections that the kernel must count once for the whole rule, however many rules of iptables
 * its alternatives and copies take, and lines to log stand in a chain of the rule's own. They all
 * go to it, and it ends in a verdict: the rule decides whatever it is about.
 */
final class RuleActions {

  private final Family family;
  private final LogLines log;
  private final Map<EffectiveRule, String> entries = new HashMap<>();
  private final List<Chain> chains = new ArrayList<>();

  RuleActions(Family family, LogLines log) {
    this.family = family;
    this.log = log;
  }

  /** The chains that the rules seen so far go to. */
  List<Chain> chains() {
    return List.copyOf(chains);
  }

  /** What is done with packets that {@code matches} describe. */
  List<Rule> of(EffectiveRule rule, List<Match> matches) {
    if (rule.rule().connectionLimit() == null && rule.rule().logging() == null) {
      return limited(rule, matches);
    }
    return List.of(
        new Rule(
            matches,
            new Verdict.Goto(entries.computeIfAbsent(rule, this::addChains)),
            rule.origin()));
  }

  private List<Rule> limited(EffectiveRule rule, List<Match> matches) {
    var limit = rule.rule().rateLimit();
    if (limit == null) {
      return decide(rule.rule().action(), family, matches, rule.origin());
    }
    var rules = new ArrayList<Rule>();
    var within = new ArrayList<>(matches);
    within.add(Limiter.of(rule, limit, family));
    rules.addAll(decide(Action.ACCEPT, family, within, rule.origin()));
    rules.addAll(decide(exceeded(limit), family, matches, rule.origin()));
    return rules;
  }

  /** Adds the chain of a rule, with those that it goes to, and names it. */
  private String addChains(EffectiveRule rule) {
    var name = prefix(rule.direction()) + "R" + (entries.size() + 1);
    var rules = new ArrayList<Rule>();
    var connections = rule.rule().connectionLimit();
    if (connections != null) {
      var above = Limiter.connections(connections, rule.rule().rateLimit(), family);
      rules.addAll(step(rule, above, Action.DENY, name + "D"));
    }
    var limit = rule.rule().rateLimit();
    if (limit != null) {
      rules.addAll(step(rule, Limiter.of(rule, limit, family), Action.ACCEPT, name + "A"));
    }
    rules.addAll(end(rule, limit == null ? rule.rule().action() : exceeded(limit)));
    chains.add(new Chain(name, rules));
    return name;
  }

  /** What counts a packet is met once; if the packet is to be logged too, in a further chain. */
  private List<Rule> step(EffectiveRule rule, Match counted, Action action, String chain) {
    if (rule.rule().logging() == null) {
      return decide(action, family, List.of(counted), rule.origin());
    }
    chains.add(new Chain(chain, end(rule, action)));
    return List.of(new Rule(List.of(counted), new Verdict.Goto(chain), rule.origin()));
  }

  private List<Rule> end(EffectiveRule rule, Action action) {
    var rules = new ArrayList<Rule>();
    rules.addAll(log.before(action, rule.rule().logging(), Limiter.name(rule), rule.origin()));
    rules.addAll(decide(action, family, List.of(), rule.origin()));
    return rules;
  }

  private static String prefix(Direction direction) {
    return switch (direction) {
      case INGRESS -> Judged.BY_DESTINATION.prefix();
      case FORWARD -> Judged.ROUTED.prefix();
      case EGRESS -> Judged.SENT.prefix();
    };
  }

  private static Action exceeded(RateLimit limit) {
    return limit.exceeded() == null ? Action.DENY : limit.exceeded();
  }
}
