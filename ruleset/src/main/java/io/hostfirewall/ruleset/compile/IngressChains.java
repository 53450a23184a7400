package io.hostfirewall.ruleset.compile;

import static io.hostfirewall.ruleset.compile.Rules.builtIn;
import static io.hostfirewall.ruleset.compile.Rules.decide;
import static io.hostfirewall.ruleset.compile.Rules.go;

import io.hostfirewall.ruleset.merge.EffectivePolicy;
import io.hostfirewall.ruleset.model.Chain;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.Verdict;
import java.util.ArrayList;
import java.util.List;

/**
 * The user's ingress rules as chains: one for everybody, and a shorter one for the cluster's own
 * traffic, which only a rule that names its sources can stop. There are two copies: connections to
 * the node are judged by the port they came to, translated ones by the port they were sent to
 * first, so that a NodePort is a port like any other.
 */
final class IngressChains {

  private final EffectivePolicy policy;
  private final NodeFacts facts;
  private final Family family;
  private final RulePeers peers;
  private final RuleActions actions;
  private final PolicyRules rules;

  IngressChains(EffectivePolicy policy, NodeFacts facts, Family family, RulePeers peers) {
    this.policy = policy;
    this.facts = facts;
    this.family = family;
    this.peers = peers;
    this.actions = new RuleActions(family);
    this.rules = new PolicyRules(family, peers, actions);
  }

  /** The chains to which rules in other chains go, of which there is no copy. */
  List<Chain> shared() {
    return actions.chains();
  }

  /** The chain to go to. It ends in a verdict. */
  String entry(Judged judged) {
    return judged.prefix() + (facts.clustered() ? "SOURCES" : "RULES");
  }

  List<Chain> chains(Judged judged) {
    var chains = new ArrayList<Chain>();
    var everybody = new Chain(judged.prefix() + "RULES", everybody(judged));
    if (facts.clustered()) {
      var trusted = new Chain(judged.prefix() + "TRUSTED", trusted(judged));
      chains.add(new Chain(entry(judged), bySource(trusted.name(), everybody.name())));
      chains.add(trusted);
    }
    chains.add(everybody);
    return chains;
  }

  private List<Rule> bySource(String trusted, String everybody) {
    var rules = new ArrayList<Rule>();
    for (var source : ClusterSources.of(family)) {
      rules.add(new Rule(source.matches(), new Verdict.Goto(trusted), source.origin()));
    }
    rules.add(go(everybody, builtIn("everybody else")));
    return rules;
  }

  private List<Rule> everybody(Judged judged) {
    var rules = new ArrayList<Rule>();
    policy.ingress().forEach(rule -> rules.addAll(this.rules.of(rule, judged)));
    var otherwise = policy.ingressDefault();
    rules.addAll(decide(otherwise.value(), family, List.of(), otherwise.origin()));
    return rules;
  }

  private List<Rule> trusted(Judged judged) {
    var rules = new ArrayList<Rule>();
    policy.ingress().stream()
        .filter(rule -> peers.isExplicit(rule.rule().from()))
        .forEach(rule -> rules.addAll(this.rules.of(rule, judged)));
    rules.add(Rules.pass(builtIn("cluster traffic")));
    return rules;
  }
}
