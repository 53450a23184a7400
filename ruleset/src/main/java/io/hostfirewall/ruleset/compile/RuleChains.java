package io.hostfirewall.ruleset.compile;

import static io.hostfirewall.ruleset.compile.Rules.builtIn;
import static io.hostfirewall.ruleset.compile.Rules.decide;
import static io.hostfirewall.ruleset.compile.Rules.go;

import io.hostfirewall.ruleset.merge.EffectivePolicy;
import io.hostfirewall.ruleset.merge.EffectiveRule;
import io.hostfirewall.ruleset.model.Chain;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The user's rules as chains: one for everybody, and a shorter one for the cluster's own traffic,
 * which only a rule that names its sources can stop. Of ingress rules there are two copies:
 * connections to the node are judged by the port they came to, translated ones by the port they
 * were sent to first, so that a NodePort is a port like any other.
 */
final class RuleChains {

  private final EffectivePolicy policy;
  private final NodeFacts facts;
  private final Family family;
  private final RulePeers peers;
  private final LogLines log;
  private final RuleActions actions;
  private final PolicyRules rules;
  private final List<Rule> before;

  RuleChains(EffectivePolicy policy, NodeFacts facts, Family family, RulePeers peers) {
    this(policy, facts, family, peers, List.of());
  }

  /**
   * @param before what stands before the user's rules
   */
  RuleChains(
      EffectivePolicy policy, NodeFacts facts, Family family, RulePeers peers, List<Rule> before) {
    this.policy = policy;
    this.facts = facts;
    this.family = family;
    this.peers = peers;
    this.log = new LogLines(facts.logTarget(), family);
    this.actions = new RuleActions(family, log);
    this.rules = new PolicyRules(family, peers, actions);
    this.before = before;
  }

  /** The chains to which rules in other chains go, of which there is no copy. */
  List<Chain> shared() {
    return actions.chains();
  }

  /** The chain to go to. It ends in a verdict. */
  String entry(Judged judged) {
    return judged.prefix() + (hasSources(judged) ? "SOURCES" : "RULES");
  }

  /** What the node itself sends has one source. */
  private boolean hasSources(Judged judged) {
    return facts.clustered() && judged != Judged.SENT;
  }

  /**
   * Pings of one run are one established flow: a limit holds only if they are judged before replies
   * pass.
   */
  List<Rule> limitedQueries(Judged judged) {
    var types = new TreeSet<Integer>();
    for (var rule : judged.rules(policy)) {
      if (rule.rule().rateLimit() != null) {
        types.addAll(IcmpTypes.queries(rule.rule(), family));
      }
    }
    return types.stream()
        .map(type -> PolicyRules.icmp(family, type, null))
        .map(query -> Stream.concat(query.stream(), judged.untranslated()).toArray(Match[]::new))
        .map(query -> go(entry(judged), builtIn("limited queries"), query))
        .toList();
  }

  List<Chain> chains(Judged judged) {
    var chains = new ArrayList<Chain>();
    var everybody = new Chain(judged.prefix() + "RULES", everybody(judged));
    if (hasSources(judged)) {
      var trusted = new Chain(judged.prefix() + "TRUSTED", trusted(judged));
      chains.add(new Chain(entry(judged), bySource(judged, trusted.name(), everybody.name())));
      chains.add(trusted);
    }
    chains.add(everybody);
    return chains;
  }

  private List<Rule> bySource(Judged judged, String trusted, String everybody) {
    var rules = new ArrayList<Rule>();
    for (var source : ClusterSources.of(judged, policy, facts, family)) {
      rules.add(new Rule(source.matches(), new Verdict.Goto(trusted), source.origin()));
    }
    rules.add(go(everybody, builtIn("everybody else")));
    return rules;
  }

  private List<Rule> everybody(Judged judged) {
    var rules = new ArrayList<>(before);
    rules.addAll(rules(judged, rule -> true));
    var otherwise = judged.otherwise(policy);
    rules.addAll(log.beforeDefault(otherwise.value(), policy, judged.direction()));
    rules.addAll(decide(otherwise.value(), family, List.of(), otherwise.origin()));
    return rules;
  }

  private List<Rule> trusted(Judged judged) {
    var rules = rules(judged, rule -> peers.isExplicit(rule.rule().from()));
    rules.add(Rules.pass(builtIn("cluster traffic")));
    return rules;
  }

  private List<Rule> rules(Judged judged, Predicate<EffectiveRule> some) {
    var rules = new ArrayList<Rule>();
    judged.rules(policy).stream()
        .filter(some)
        .forEach(rule -> rules.addAll(this.rules.of(rule, judged)));
    return rules;
  }
}
