package io.hostfirewall.ruleset.compile;

import io.hostfirewall.ruleset.compile.NodeFacts.PodRoute;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.IpSet;
import io.hostfirewall.ruleset.model.PackedNetworks;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Sets whose entries change while the rules stay: what a pod, a node or an address more or less
 * changes.
 */
public final class LiveSets {

  private LiveSets() {}

  /**
   * The live sets of a node.
   *
   * @param addressSets networks by the name of their address set
   */
  public static List<IpSet> of(
      NodeFacts facts, Map<String, List<Cidr>> addressSets, Family family) {
    var sets = new ArrayList<IpSet>();
    sets.add(networks(SetNames.ownNetworks(family), family, facts.ownNetworks()));
    if (facts.clustered()) {
      sets.add(routes(SetNames.podInterfaces(family), family, facts.podInterfaces()));
      sets.add(routes(SetNames.routedPods(family), family, facts.routedPods()));
    }
    if (Untracked.isPossible(facts, family)) {
      var isNeeded = facts.untracking() == Untracking.NEEDED;
      var administrators = isNeeded ? facts.ssh().from() : List.<Cidr>of();
      sets.add(untracked(family, administrators));
    }
    addressSets.forEach(
        (name, networks) ->
            sets.add(networks(SetNames.addressSet(family, name), family, networks)));
    return List.copyOf(sets);
  }

  /** The set of those whose SSH is not tracked. */
  public static IpSet untracked(Family family, List<Cidr> administrators) {
    return networks(SetNames.untracked(family), family, administrators);
  }

  /**
   * A set of these networks; hash:net refuses a network of every address, which stands for its two
   * halves.
   */
  static IpSet networks(String name, Family family, List<Cidr> networks) {
    var fewest = PackedNetworks.of(family, networks).aggregate();
    var all = fewest.size() == 1 && fewest.getFirst().isEverything();
    return new IpSet(
        name,
        IpSet.Type.NETWORKS,
        family,
        all ? halves(family).stream().map(Cidr::setEntry).toList() : fewest.entries());
  }

  private static List<Cidr> halves(Family family) {
    return List.of(
        new Cidr(family, BigInteger.ZERO, 1),
        new Cidr(family, BigInteger.ZERO.setBit(family.addressBits() - 1), 1));
  }

  private static IpSet routes(String name, Family family, List<PodRoute> routes) {
    return new IpSet(
        name,
        IpSet.Type.NETWORKS_BY_INTERFACE,
        family,
        routes.stream()
            .filter(route -> route.network().family() == family)
            .map(route -> route.network().setEntry() + "," + route.device())
            .toList());
  }
}
