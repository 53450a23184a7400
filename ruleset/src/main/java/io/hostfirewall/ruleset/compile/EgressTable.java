package io.hostfirewall.ruleset.compile;

import static io.hostfirewall.ruleset.compile.Rules.builtIn;
import static io.hostfirewall.ruleset.compile.Rules.go;
import static io.hostfirewall.ruleset.compile.Rules.jump;
import static io.hostfirewall.ruleset.compile.Rules.pass;

import io.hostfirewall.api.v1alpha1.Action;
import io.hostfirewall.ruleset.merge.EffectivePolicy;
import io.hostfirewall.ruleset.model.Chain;
import io.hostfirewall.ruleset.model.ConnState;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.IpSet;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.Table;
import io.hostfirewall.ruleset.model.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the node itself sends by an uplink. There is no such table where no policy judges that. */
final class EgressTable {

  private final EffectivePolicy policy;
  private final NodeFacts facts;
  private final Family family;
  private final FailsafeOut failsafe;
  private final RuleChains judging;
  private final Optional<RuleChains> auditing;

  EgressTable(EffectivePolicy policy, NodeFacts facts, Family family, RulePeers peers) {
    this.policy = policy;
    this.facts = facts;
    this.family = family;
    this.failsafe = new FailsafeOut(facts, family);
    this.judging = judging(policy, peers);
    this.auditing =
        policy.audit().filter(EgressTable::isJudged).map(audit -> judging(audit, peers));
  }

  private RuleChains judging(EffectivePolicy policy, RulePeers peers) {
    return new RuleChains(policy, facts, family, peers, failsafe.rules());
  }

  Optional<Table> compile() {
    if (!isNeeded()) {
      return Optional.empty();
    }
    var chains = new ArrayList<Chain>();
    chains.addAll(Uplinks.narrowSent(facts, new Chain("OUTPUT", output())));
    chains.addAll(judging.chains(Judged.SENT));
    chains.addAll(judging.shared());
    auditing.ifPresent(audit -> chains.addAll(shadow(audit)));
    return Optional.of(new Table(TableName.EGRESS, chains));
  }

  /** The sets of those that stay reachable. */
  List<IpSet> sets() {
    return isNeeded() ? failsafe.nameServers().stream().toList() : List.of();
  }

  private boolean isNeeded() {
    return isJudged(policy) || auditing.isPresent();
  }

  private static boolean isJudged(EffectivePolicy policy) {
    return !policy.egress().isEmpty() || policy.egressDefault().value() != Action.ACCEPT;
  }

  private List<Rule> output() {
    var rules = new ArrayList<>(NotOurs.sent(facts, family));
    auditing.ifPresent(audit -> rules.add(jump(Shadow.name("OUTPUT"), builtIn("audit"))));
    rules.addAll(judgement(judging));
    return rules;
  }

  private static List<Chain> shadow(RuleChains audit) {
    var chains = new ArrayList<Chain>();
    chains.add(new Chain("OUTPUT", judgement(audit)));
    chains.addAll(audit.chains(Judged.SENT));
    chains.addAll(audit.shared());
    return Shadow.of(chains);
  }

  private static List<Rule> judgement(RuleChains judging) {
    var rules = new ArrayList<>(judging.limitedQueries(Judged.SENT));
    rules.add(
        pass(
            builtIn("replies"),
            new Match.InState(Set.of(ConnState.RELATED, ConnState.ESTABLISHED), false)));
    rules.add(go(judging.entry(Judged.SENT), builtIn("new connections")));
    return rules;
  }
}
