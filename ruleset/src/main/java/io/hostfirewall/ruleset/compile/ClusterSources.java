package io.hostfirewall.ruleset.compile;

import io.hostfirewall.ruleset.merge.EffectivePolicy;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.Origin;
import java.util.ArrayList;
import java.util.List;

/**
 * Sources that the cluster vouches for: its nodes from anywhere, and pods from where this node
 * itself routes to them.
 */
final class ClusterSources {

  record Trusted(List<Match> matches, Origin origin) {}

  private ClusterSources() {}

  static List<Trusted> of(Judged judged, EffectivePolicy policy, NodeFacts facts, Family family) {
    var sources = new ArrayList<Trusted>();
    for (var packets : ofNodes(judged, policy, facts, family)) {
      var matches = new ArrayList<>(packets);
      matches.add(addressSet(family, SetNames.CLUSTER_NODES));
      sources.add(new Trusted(matches, Rules.builtIn("cluster nodes")));
    }
    sources.add(pods(family));
    return sources;
  }

  /**
   * Which packets of nodes are trusted, in alternatives: all of them, or of those to this node what
   * nodes need of each other. A translated port is none of these.
   */
  private static List<List<Match>> ofNodes(
      Judged judged, EffectivePolicy policy, NodeFacts facts, Family family) {
    if (policy.trustNodes().value()) {
      return List.of(List.of());
    }
    return switch (judged) {
      case BY_DESTINATION -> NodeNeeds.of(facts, family);
      case BY_ORIGINAL_DESTINATION -> List.of();
      case ROUTED, SENT -> List.of(List.of());
    };
  }

  private static Trusted pods(Family family) {
    return new Trusted(
        List.of(
            addressSet(family, SetNames.CLUSTER_PODS),
            new Match.InSet(SetNames.routedPods(family), Match.SetKey.SOURCE_AND_INTERFACE, false)),
        Rules.builtIn("cluster pods"));
  }

  static Match addressSet(Family family, String name) {
    return Match.InSet.source(SetNames.addressSet(family, name));
  }
}
