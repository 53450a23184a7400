package io.hostfirewall.ruleset.compile;

import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.Origin;
import java.util.List;

/**
 * Sources that the cluster vouches for: its nodes from anywhere, and pods from where this node
 * itself routes to them.
 */
final class ClusterSources {

  record Trusted(List<Match> matches, Origin origin) {}

  private ClusterSources() {}

  static List<Trusted> of(Family family) {
    return List.of(
        new Trusted(
            List.of(addressSet(family, SetNames.CLUSTER_NODES)), Rules.builtIn("cluster nodes")),
        new Trusted(
            List.of(
                addressSet(family, SetNames.CLUSTER_PODS),
                new Match.InSet(
                    SetNames.routedPods(family), Match.SetKey.SOURCE_AND_INTERFACE, false)),
            Rules.builtIn("cluster pods")));
  }

  static Match addressSet(Family family, String name) {
    return Match.InSet.source(SetNames.addressSet(family, name));
  }
}
