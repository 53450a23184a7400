package io.hostfirewall.ruleset.compile;

import static io.hostfirewall.ruleset.compile.Rules.builtIn;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What comes in and what is routed: every new connection is judged, once, by the rules that it is
 * about.
 */
final class FilterTable {

  private final EffectivePolicy policy;
  private final NodeFacts facts;
  private final Family family;
  private final Failsafe failsafe;
  private final RuleChains judging;

  FilterTable(
      EffectivePolicy policy, NodeFacts facts, Family family, Failsafe failsafe, RulePeers peers) {
    this.policy = policy;
    this.facts = facts;
    this.family = family;
    this.failsafe = failsafe;
    this.judging = new RuleChains(policy, facts, family, peers);
  }

  Table compile() {
    var chains = new ArrayList<Chain>();
    chains.addAll(Uplinks.narrow(facts, new Chain("INPUT", input())));
    chains.addAll(Uplinks.narrow(facts, new Chain("FORWARD", forward())));
    chains.addAll(judging.chains(Judged.BY_DESTINATION));
    chains.addAll(judging.chains(Judged.BY_ORIGINAL_DESTINATION));
    chains.addAll(judging.chains(Judged.ROUTED));
    chains.addAll(judging.shared());
    return new Table(TableName.FILTER, chains);
  }

  private List<Rule> input() {
    var rules = new ArrayList<>(NotOurs.rules(facts, family));
    rules.addAll(failsafe.rules());
    rules.addAll(protections());
    rules.addAll(judging.limitedQueries(Judged.BY_DESTINATION));
    rules.add(replies());
    rules.add(translated());
    rules.add(go(judging.entry(Judged.BY_DESTINATION), builtIn("new connections")));
    return rules;
  }

  private List<Rule> forward() {
    var rules = new ArrayList<Rule>();
    if (facts.bridgeNetfilter()) {
      rules.add(pass(builtIn("bridged frames"), new Match.Bridged()));
    }
    rules.addAll(NotOurs.rules(facts, family));
    rules.addAll(judging.limitedQueries(Judged.ROUTED));
    rules.add(replies());
    rules.add(translated());
    rules.add(go(judging.entry(Judged.ROUTED), builtIn("routed connections")));
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

  private static Rule replies() {
    return pass(builtIn("replies"), state(ConnState.RELATED, ConnState.ESTABLISHED));
  }

  private Rule translated() {
    return go(
        judging.entry(Judged.BY_ORIGINAL_DESTINATION),
        builtIn("translated connections"),
        state(ConnState.DNAT));
  }

  private static Match state(ConnState... states) {
    return new Match.InState(Set.of(states), false);
  }
}
