package io.hostfirewall.ruleset.compile;

import io.hostfirewall.ruleset.merge.EffectivePolicy;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.IpSet;
import io.hostfirewall.ruleset.model.RuleSet;
import io.hostfirewall.ruleset.model.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Makes the rule set of one node and family. Pure: equal policy and facts, equal rule set. */
public final class Compiler {

  private Compiler() {}

  /**
   * Compiles an accepted policy. Facts that live in sets ({@link LiveSets}) leave no trace in the
   * result.
   */
  public static RuleSet compile(EffectivePolicy policy, NodeFacts facts, Family family) {
    var failsafe = new Failsafe(facts, family);
    var peers = new RulePeers(family);
    var egress = new EgressTable(policy, facts, family, peers);
    var tables = new ArrayList<Table>();
    tables.add(new RawTable(policy, facts, family, failsafe).compile());
    tables.add(new FilterTable(policy, facts, family, failsafe, peers).compile());
    egress.compile().ifPresent(tables::add);
    new Untracked(facts, family).sent().ifPresent(tables::add);
    var sets =
        Stream.of(failsafe.sources(), peers.sets(), egress.sets())
            .flatMap(List::stream)
            .distinct()
            .sorted(Comparator.comparing(IpSet::name))
            .toList();
    return new RuleSet(family, tables.stream().map(Branches::of).toList(), sets);
  }
}
