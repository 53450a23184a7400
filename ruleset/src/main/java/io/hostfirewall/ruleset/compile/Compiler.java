package io.hostfirewall.ruleset.compile;

import io.hostfirewall.ruleset.merge.EffectivePolicy;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.IpSet;
import io.hostfirewall.ruleset.model.RuleSet;
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
    var raw = new RawTable(policy, facts, family, failsafe).compile();
    var filter = new FilterTable(policy, facts, family, failsafe, peers).compile();
    var sets =
        Stream.concat(failsafe.sources().stream(), peers.sets().stream())
            .distinct()
            .sorted(Comparator.comparing(IpSet::name))
            .toList();
    return new RuleSet(family, List.of(raw, filter), sets);
  }
}
