package io.hostfirewall.ruleset.compile;

import static io.hostfirewall.ruleset.compile.Rules.builtIn;
import static io.hostfirewall.ruleset.compile.Rules.pass;

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

/**
 * What no policy can close to the node itself: without it the node has no address, no neighbours,
 * no names, or no cluster.
 */
final class FailsafeOut {

  private static final int DNS = 53;

  /** Destination unreachable, fragmentation needed (RFC 792). */
  private static final Match FRAGMENTATION_NEEDED = new Match.IcmpType(Family.IPV4, 3, 4);

  /** RFC 4443, 3.2. */
  private static final Match PACKET_TOO_BIG = new Match.IcmpType(Family.IPV6, 2, null);

  private final NodeFacts facts;
  private final Family family;

  FailsafeOut(NodeFacts facts, Family family) {
    this.facts = facts;
    this.family = family;
  }

  List<Rule> rules() {
    var rules = new ArrayList<Rule>();
    if (family == Family.IPV4) {
      rules.add(Failsafe.udp("DHCP", 68, 67));
      rules.add(pass(builtIn("path MTU"), is(Protocol.ICMP), FRAGMENTATION_NEEDED));
    } else {
      rules.add(Failsafe.udp("DHCPv6", 546, 547));
      Failsafe.NEIGHBOUR_DISCOVERY.forEach(type -> rules.add(Failsafe.neighbourDiscovery(type)));
      Failsafe.LISTENER_DISCOVERY.forEach(type -> rules.add(listenerDiscovery(type)));
      rules.add(pass(builtIn("path MTU"), is(Protocol.ICMPV6), PACKET_TOO_BIG));
    }
    rules.addAll(new Untracked(facts, family).replies());
    nameServers().ifPresent(set -> rules.addAll(dns(set)));
    if (facts.clustered()) {
      rules.add(toCluster("API servers", SetNames.CLUSTER_API_SERVERS));
      rules.add(toCluster("cluster nodes", SetNames.CLUSTER_NODES));
      rules.add(toCluster("cluster pods", SetNames.CLUSTER_PODS));
    }
    return rules;
  }

  /** The set of the node's name servers in this family, if it has any. */
  Optional<IpSet> nameServers() {
    var servers = Networks.aggregate(family, facts.nameServers());
    if (servers.isEmpty()) {
      return Optional.empty();
    }
    var entries = LiveSets.networks("", family, servers).entries();
    return Optional.of(
        new IpSet(SetNames.ruleSet(family, entries), IpSet.Type.NETWORKS, family, entries));
  }

  private static List<Rule> dns(IpSet servers) {
    var to = new Match.InSet(servers.name(), Match.SetKey.DESTINATION, false);
    return List.of(Protocol.UDP, Protocol.TCP).stream()
        .map(
            protocol ->
                pass(
                    builtIn("name servers"),
                    is(protocol),
                    new Match.Ports(protocol, null, PortRange.of(DNS)),
                    to))
        .toList();
  }

  private Rule toCluster(String what, String addressSet) {
    var name = SetNames.addressSet(family, addressSet);
    return pass(builtIn(what), new Match.InSet(name, Match.SetKey.DESTINATION, false));
  }

  /** A node that has no address yet reports from the unspecified one (RFC 3590). */
  private static Rule listenerDiscovery(int type) {
    return pass(
        builtIn("multicast listener discovery"),
        is(Protocol.ICMPV6),
        new Match.IcmpType(Family.IPV6, type, null));
  }

  private static Match is(Protocol protocol) {
    return new Match.IsProtocol(protocol, false);
  }
}
