package io.hostfirewall.ruleset.compile;

import static io.hostfirewall.ruleset.compile.Rules.builtIn;
import static io.hostfirewall.ruleset.compile.Rules.decide;
import static io.hostfirewall.ruleset.compile.Rules.drop;
import static io.hostfirewall.ruleset.compile.Rules.go;
import static io.hostfirewall.ruleset.compile.Rules.pass;
import static io.hostfirewall.ruleset.model.TcpFlag.ACK;
import static io.hostfirewall.ruleset.model.TcpFlag.FIN;
import static io.hostfirewall.ruleset.model.TcpFlag.RST;
import static io.hostfirewall.ruleset.model.TcpFlag.SYN;

import io.hostfirewall.api.v1alpha1.ProtectionMode;
import io.hostfirewall.ruleset.merge.EffectivePolicy;
import io.hostfirewall.ruleset.model.Chain;
import io.hostfirewall.ruleset.model.ConnState;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.Protocol;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.Table;
import io.hostfirewall.ruleset.model.TableName;
import io.hostfirewall.ruleset.model.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The table filter, where every new connection is judged, once. */
final class FilterTable {

  private final EffectivePolicy policy;
  private final NodeFacts facts;
  private final Family family;
  private final Failsafe failsafe;
  private final IngressChains ingress;

  FilterTable(
      EffectivePolicy policy, NodeFacts facts, Family family, Failsafe failsafe, RulePeers peers) {
    this.policy = policy;
    this.facts = facts;
    this.family = family;
    this.failsafe = failsafe;
    this.ingress = new IngressChains(policy, facts, family, peers);
  }

  Table compile() {
    var chains = new ArrayList<Chain>();
    chains.addAll(Uplinks.narrow(facts, new Chain("INPUT", input())));
    chains.addAll(Uplinks.narrow(facts, new Chain("FORWARD", forward())));
    chains.addAll(ingress.chains(Judged.BY_DESTINATION));
    chains.addAll(ingress.chains(Judged.BY_ORIGINAL_DESTINATION));
    chains.addAll(ingress.shared());
    return new Table(TableName.FILTER, chains);
  }

  private List<Rule> input() {
    var rules = new ArrayList<>(NotOurs.rules(facts, family));
    rules.addAll(failsafe.rules());
    rules.addAll(protections());
    rules.addAll(limitedQueries());
    rules.add(replies());
    rules.add(translated());
    rules.add(go(ingress.entry(Judged.BY_DESTINATION), builtIn("new connections")));
    return rules;
  }

  private List<Rule> forward() {
    var rules = new ArrayList<Rule>();
    if (facts.bridgeNetfilter()) {
      rules.add(pass(builtIn("bridged frames"), new Match.Bridged()));
    }
    rules.addAll(NotOurs.rules(facts, family));
    rules.add(replies());
    rules.add(translated());
    if (facts.clustered()) {
      for (var source : ClusterSources.of(family)) {
        rules.add(new Rule(source.matches(), new Verdict.Return(), source.origin()));
      }
    }
    var otherwise = policy.forwardDefault();
    rules.addAll(decide(otherwise.value(), family, List.of(), otherwise.origin()));
    return rules;
  }

  private List<Rule> protections() {
    var rules = new ArrayList<Rule>();
    if (policy.invalidState().value() == ProtectionMode.DROP) {
      rules.add(drop(policy.invalidState().origin(), state(ConnState.INVALID)));
    }
    if (policy.newNotSyn().value() == ProtectionMode.DROP) {
      var syn = new Match.TcpFlags(Set.of(FIN, SYN, RST, ACK), Set.of(SYN), true);
      rules.add(
          drop(
              policy.newNotSyn().origin(),
              new Match.IsProtocol(Protocol.TCP, false),
              syn,
              state(ConnState.NEW)));
    }
    return rules;
  }

  /**
   * Pings of one run are one established flow: a limit holds only if they are judged before replies
   * pass.
   */
  private List<Rule> limitedQueries() {
    var types = new TreeSet<Integer>();
    for (var rule : policy.ingress()) {
      if (rule.rule().rateLimit() != null) {
        types.addAll(IcmpTypes.queries(rule.rule(), family));
      }
    }
    return types.stream()
        .map(
            type ->
                go(
                    ingress.entry(Judged.BY_DESTINATION),
                    builtIn("limited queries"),
                    PolicyRules.icmp(family, type, null).toArray(Match[]::new)))
        .toList();
  }

  private static Rule replies() {
    return pass(builtIn("replies"), state(ConnState.RELATED, ConnState.ESTABLISHED));
  }

  private Rule translated() {
    return go(
        ingress.entry(Judged.BY_ORIGINAL_DESTINATION),
        builtIn("translated connections"),
        state(ConnState.DNAT));
  }

  private static Match state(ConnState... states) {
    return new Match.InState(Set.of(states), false);
  }
}
