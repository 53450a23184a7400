package io.hostfirewall.ruleset.compile;

import static io.hostfirewall.ruleset.compile.Rules.builtIn;
import static io.hostfirewall.ruleset.compile.Rules.drop;
import static io.hostfirewall.ruleset.compile.Rules.go;
import static io.hostfirewall.ruleset.compile.Rules.jump;
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
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

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
  private final Optional<RuleChains> auditing;

  FilterTable(
      EffectivePolicy policy, NodeFacts facts, Family family, Failsafe failsafe, RulePeers peers) {
    this.policy = policy;
    this.facts = facts;
    this.family = family;
    this.failsafe = failsafe;
    this.judging = new RuleChains(policy, facts, family, peers);
    this.auditing = policy.audit().map(audit -> new RuleChains(audit, facts, family, peers));
  }

  Table compile() {
    var chains = new ArrayList<Chain>();
    chains.addAll(Uplinks.narrow(facts, new Chain("INPUT", input())));
    chains.addAll(Uplinks.narrow(facts, new Chain("FORWARD", forward())));
    chains.addAll(chains(judging));
    auditing.ifPresent(audit -> chains.addAll(shadow(audit)));
    return new Table(TableName.FILTER, chains);
  }

  private static List<Chain> chains(RuleChains judging) {
    return Stream.of(
            judging.chains(Judged.BY_DESTINATION),
            judging.chains(Judged.BY_ORIGINAL_DESTINATION),
            judging.chains(Judged.ROUTED),
            judging.shared())
        .flatMap(List::stream)
        .toList();
  }

  private static List<Chain> shadow(RuleChains audit) {
    var chains = new ArrayList<Chain>();
    chains.add(new Chain("INPUT", judgement(audit, Judged.BY_DESTINATION)));
    chains.add(new Chain("FORWARD", judgement(audit, Judged.ROUTED)));
    chains.addAll(chains(audit));
    return Shadow.of(chains);
  }

  private List<Rule> input() {
    var rules = new ArrayList<>(NotOurs.rules(facts, family));
    rules.addAll(failsafe.rules());
    rules.addAll(protections());
    auditing.ifPresent(audit -> rules.add(count("INPUT")));
    rules.addAll(judgement(judging, Judged.BY_DESTINATION));
    return rules;
  }

  private List<Rule> forward() {
    var rules = new ArrayList<Rule>();
    if (facts.bridgeNetfilter()) {
      rules.add(pass(builtIn("bridged frames"), new Match.Bridged()));
    }
    rules.addAll(NotOurs.rules(facts, family));
    auditing.ifPresent(audit -> rules.add(count("FORWARD")));
    rules.addAll(judgement(judging, Judged.ROUTED));
    return rules;
  }

  private static Rule count(String chain) {
    return jump(Shadow.name(chain), builtIn("audit"));
  }

  private static List<Rule> judgement(RuleChains judging, Judged judged) {
    var rules = new ArrayList<>(judging.limitedQueries(judged));
    rules.add(replies());
    rules.add(translated(judging));
    rules.add(
        go(
            judging.entry(judged),
            builtIn(judged == Judged.ROUTED ? "routed connections" : "new connections")));
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

  private static Rule translated(RuleChains judging) {
    return go(
        judging.entry(Judged.BY_ORIGINAL_DESTINATION),
        builtIn("translated connections"),
        state(ConnState.DNAT));
  }

  private static Match state(ConnState... states) {
    return new Match.InState(Set.of(states), false);
  }
}
