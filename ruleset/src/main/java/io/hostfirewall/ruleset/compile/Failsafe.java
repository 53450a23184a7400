package io.hostfirewall.ruleset.compile;

import static io.hostfirewall.ruleset.compile.Rules.builtIn;
import static io.hostfirewall.ruleset.compile.Rules.pass;

import io.hostfirewall.ruleset.compile.NodeFacts.Door;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.IpSet;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.Networks;
import io.hostfirewall.ruleset.model.PortRange;
import io.hostfirewall.ruleset.model.Protocol;
import io.hostfirewall.ruleset.model.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What no policy can close to others: without it the node has no address, no neighbours, or no
 * cluster.
 */
final class Failsafe {

  private static final Cidr LINK_LOCAL = Cidr.parse("fe80::/10");

  /**
   * Neighbour discovery, which a router never forwards: router and neighbour solicitations and
   * advertisements (RFC 4861).
   */
  static final List<Integer> NEIGHBOUR_DISCOVERY = List.of(133, 134, 135, 136);

  /** Multicast listener discovery (RFC 2710, RFC 3810). */
  static final List<Integer> LISTENER_DISCOVERY = List.of(130, 131, 132, 143);

  /** For clients and for peers, as etcd has them with the IANA. */
  private static final PortRange ETCD = new PortRange(2379, 2380);

  private final NodeFacts facts;
  private final Family family;

  Failsafe(NodeFacts facts, Family family) {
    this.facts = facts;
    this.family = family;
  }

  List<Rule> rules() {
    var rules = new ArrayList<Rule>();
    if (family == Family.IPV4) {
      rules.add(udp("DHCP", 67, 68));
    } else {
      rules.add(udp("DHCPv6", 547, 546));
      NEIGHBOUR_DISCOVERY.forEach(type -> rules.add(neighbourDiscovery(type)));
      LISTENER_DISCOVERY.forEach(type -> rules.add(listenerDiscovery(type)));
    }
    rules.addAll(door("API server", facts.apiServer()));
    rules.addAll(door("SSH of administrators", facts.ssh()));
    if (facts.clustered() && facts.kubeletPort() != null) {
      rules.add(
          fromCluster("kubelet", PortRange.of(facts.kubeletPort()), SetNames.CLUSTER_API_SERVERS));
    }
    if (facts.clustered() && !facts.apiServer().ports().isEmpty()) {
      rules.add(fromCluster("etcd", ETCD, SetNames.CLUSTER_CONTROL_PLANE));
    }
    return rules;
  }

  /** The sets of those who may pass doors that are not open to anyone. */
  List<IpSet> sources() {
    return Stream.of(facts.apiServer(), facts.ssh())
        .flatMap(door -> set(door, family).stream())
        .toList();
  }

  /** The set of those who may pass a door, unless anyone may. */
  static Optional<IpSet> set(Door door, Family family) {
    var networks = Networks.aggregate(family, door.from());
    if (door.ports().isEmpty() || networks.isEmpty() || networks.getFirst().isEverything()) {
      return Optional.empty();
    }
    var entries = LiveSets.networks("", family, networks).entries();
    return Optional.of(
        new IpSet(SetNames.ruleSet(family, entries), IpSet.Type.NETWORKS, family, entries));
  }

  private List<Rule> door(String what, Door door) {
    if (!door.isOpen(family)) {
      return List.of();
    }
    var from = set(door, family).map(set -> Match.InSet.source(set.name()));
    return door.ports().stream()
        .map(port -> Stream.concat(Stream.of(tcp(), to(port)), from.stream()))
        .map(matches -> pass(builtIn(what), matches.toArray(Match[]::new)))
        .toList();
  }

  private Rule fromCluster(String what, PortRange ports, String addressSet) {
    return pass(
        builtIn(what),
        tcp(),
        new Match.Ports(Protocol.TCP, null, ports),
        ClusterSources.addressSet(family, addressSet));
  }

  private static Match tcp() {
    return new Match.IsProtocol(Protocol.TCP, false);
  }

  private static Match to(int port) {
    return new Match.Ports(Protocol.TCP, null, PortRange.of(port));
  }

  static Rule udp(String what, int source, int destination) {
    return pass(
        builtIn(what),
        new Match.IsProtocol(Protocol.UDP, false),
        new Match.Ports(Protocol.UDP, PortRange.of(source), PortRange.of(destination)));
  }

  static Rule neighbourDiscovery(int type) {
    return pass(
        builtIn("neighbour discovery"),
        new Match.IsProtocol(Protocol.ICMPV6, false),
        new Match.IcmpType(Family.IPV6, type, null),
        new Match.HopLimit(255));
  }

  private static Rule listenerDiscovery(int type) {
    return pass(
        builtIn("multicast listener discovery"),
        new Match.Source(LINK_LOCAL, false),
        new Match.IsProtocol(Protocol.ICMPV6, false),
        new Match.IcmpType(Family.IPV6, type, null));
  }
}
