package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.node.NodeObserver;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.compile.Compiler;
import io.hostfirewall.ruleset.compile.LiveSets;
import io.hostfirewall.ruleset.explain.Explanation;
import io.hostfirewall.ruleset.explain.Judges;
import io.hostfirewall.ruleset.explain.PolicyFields;
import io.hostfirewall.ruleset.merge.EffectivePolicy;
import io.hostfirewall.ruleset.merge.PolicyMerge;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.IpSet;
import io.hostfirewall.ruleset.packet.Here;
import io.hostfirewall.ruleset.packet.Question;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A host that nobody looked at, as it would be with some policies. */
final class Hypothesis {

  private static final String SOME_UPLINK = "eth0";

  private final EffectivePolicy policy;
  private final PolicyFields fields;
  private final List<String> uplinks;
  private final Map<Family, Judges> judges = new EnumMap<>(Family.class);

  private Hypothesis(EffectivePolicy policy, PolicyFields fields, List<String> uplinks) {
    this.policy = policy;
    this.fields = fields;
    this.uplinks = uplinks;
  }

  /**
   * @param uplinks the only interfaces to judge; empty means all
   */
  static Hypothesis of(List<RevisionPolicy> policies, List<String> uplinks) {
    return new Hypothesis(PolicyMerge.merge(policies), new PolicyFields(policies), uplinks);
  }

  /** What stands for the host in packets. */
  Here here() {
    return Here.unseen(
        uplinks.isEmpty() ? SOME_UPLINK : uplinks.getFirst().replaceFirst("\\+$", "0"));
  }

  Explanation explain(Question question) {
    return Explanation.of(
        question, judges.computeIfAbsent(question.packet().family(), this::judges), fields);
  }

  private Judges judges(Family family) {
    var facts = NodeObserver.unseen(uplinks);
    var rules = Compiler.compile(policy, facts, family);
    List<IpSet> sets =
        Stream.concat(LiveSets.of(facts, Map.of(), family).stream(), rules.sets().stream())
            .toList();
    return Judges.of(rules, sets);
  }
}
