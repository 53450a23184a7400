package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.node.NodeObserver;
import io.hostfirewall.agent.policyfile.SupposedPlace;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.compile.Compiler;
import io.hostfirewall.ruleset.compile.LiveSets;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.explain.Explanation;
import io.hostfirewall.ruleset.explain.Judges;
import io.hostfirewall.ruleset.explain.PolicyFields;
import io.hostfirewall.ruleset.merge.EffectivePolicy;
import io.hostfirewall.ruleset.merge.PolicyMerge;
import io.hostfirewall.ruleset.model.Cidr;
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
  private final NodeFacts facts;
  private final Map<String, List<Cidr>> addressSets;
  private final Map<Family, Judges> judges = new EnumMap<>(Family.class);

  private Hypothesis(
      List<RevisionPolicy> policies, NodeFacts facts, Map<String, List<Cidr>> addressSets) {
    this.policy = PolicyMerge.merge(policies);
    this.fields = new PolicyFields(policies);
    this.facts = facts;
    this.addressSets = addressSets;
  }

  /**
   * @param uplinks the only interfaces to judge; empty means all
   */
  static Hypothesis of(List<RevisionPolicy> policies, List<String> uplinks) {
    return new Hypothesis(policies, NodeObserver.unseen(uplinks), Map.of());
  }

  /** The same for a node of a cluster. */
  static Hypothesis of(List<RevisionPolicy> policies, List<String> uplinks, SupposedPlace place) {
    var cluster = place.cluster();
    return new Hypothesis(
        policies,
        NodeObserver.unseen(
            uplinks,
            cluster.podInterfaces(),
            place.node().description(),
            cluster.allPods(),
            place.routes(uplink(uplinks))),
        cluster.sets(policies));
  }

  /** The interface by which packets come that do not say it. */
  static String uplink(List<String> uplinks) {
    return uplinks.isEmpty() ? SOME_UPLINK : uplinks.getFirst().replaceFirst("\\+$", "0");
  }

  /** What stands for the host in packets. */
  Here here() {
    return Here.unseen(uplink(facts.uplinks()));
  }

  Explanation explain(Question question) {
    return Explanation.of(
        question, judges.computeIfAbsent(question.packet().family(), this::judges), fields);
  }

  private Judges judges(Family family) {
    var rules = Compiler.compile(policy, facts, family);
    List<IpSet> sets =
        Stream.concat(LiveSets.of(facts, addressSets, family).stream(), rules.sets().stream())
            .toList();
    return Judges.of(rules, sets);
  }
}
