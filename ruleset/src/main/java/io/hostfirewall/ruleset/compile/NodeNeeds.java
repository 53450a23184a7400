package io.hostfirewall.ruleset.compile;

import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.PortRange;
import io.hostfirewall.ruleset.model.Protocol;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the nodes of a cluster need of each other, and no more: what is left to them by {@code
 * trustNodes: false}. The page docs/rules.md says the same for people.
 */
final class NodeNeeds {

  /** Kubelet's, where the cluster does not tell another. */
  private static final int KUBELET = 10250;

  /** BGP, Cilium's health, Typha, MetalLB's speakers, RKE2's supervisor, kube-proxy's health. */
  static final List<Integer> TCP = List.of(179, 4240, 5473, 7946, 9345, 10256);

  /**
   * Where a Service may have its health port (the API server's --service-node-port-range).
   * NodePorts are not meant: they are translated.
   */
  static final PortRange HEALTH_OF_SERVICES = new PortRange(30_000, 32_767);

  /** VXLAN, Geneve, MetalLB's speakers, Flannel's own, and WireGuard as plug-ins number it. */
  static final List<Integer> UDP = List.of(4789, 6081, 7946, 8285, 8472, 51_820, 51_821, 51_871);

  /** IPIP and ESP, in which plug-ins wrap packets of pods. */
  static final List<Integer> PROTOCOLS = List.of(4, 50);

  private NodeNeeds() {}

  /** The packets, in alternatives. */
  static List<List<Match>> of(NodeFacts facts, Family family) {
    var kubelet = Optional.ofNullable(facts.kubeletPort()).orElse(KUBELET);
    var needs = new ArrayList<List<Match>>();
    needs.add(
        ports(
            Protocol.TCP,
            Stream.concat(
                Stream.concat(TCP.stream(), Stream.of(kubelet)).map(PortRange::of),
                Stream.of(HEALTH_OF_SERVICES))));
    needs.add(ports(Protocol.UDP, UDP.stream().map(PortRange::of)));
    needs.add(PolicyRules.icmp(family, family == Family.IPV4 ? 8 : 128, null));
    PROTOCOLS.forEach(
        number -> needs.add(List.of(new Match.IsProtocol(new Protocol(number), false))));
    return needs;
  }

  private static List<Match> ports(Protocol protocol, Stream<PortRange> ranges) {
    var ordered = ranges.sorted(Comparator.comparingInt(PortRange::first)).distinct().toList();
    return List.of(new Match.IsProtocol(protocol, false), new Match.MultiPort(ordered));
  }
}
