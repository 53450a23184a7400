package io.hostfirewall.agent.node;

import io.hostfirewall.ruleset.compile.NodeFacts.PodRoute;
import io.hostfirewall.ruleset.model.Cidr;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** By which interfaces packets of pods come in. */
final class PodNetworks {

  /**
   * Interfaces that container network plug-ins make on a node for the traffic of all its pods, by
   * the names that their documentation gives.
   */
  private static final Pattern TUNNEL =
      Pattern.compile(
          "flannel\\.\\d+|flannel-v6\\.\\d+|flannel-wg|flannel-wg-v6|cilium_.+|vxlan\\.calico|vxlan-v6\\.calico"
              + "|tunl0|wireguard\\.cali|wg-v6\\.cali|weave|kube-bridge|antrea-gw0|ovn-k8s-mp\\d+");

  private PodNetworks() {}

  /**
   * Networks with the interface by which pods of this node, or of others through a tunnel, send.
   *
   * @param own networks of this node's pods
   */
  static List<PodRoute> podInterfaces(Links links, List<Cidr> own) {
    var tunnels = links.names().stream().filter(name -> TUNNEL.matcher(name).matches());
    var whole =
        Stream.concat(
                tunnels,
                links.routes().stream()
                    .filter(r -> isWhole(r, own))
                    .filter(r -> isInner(links, r))
                    .map(Route::device))
            .collect(Collectors.toSet());
    var single =
        links.routes().stream()
            .filter(route -> isWithin(own, route.network()) && isSingle(route.network()))
            .filter(route -> isInner(links, route) && !whole.contains(route.device()))
            .map(route -> new PodRoute(route.network(), route.device()));
    return Stream.concat(whole.stream().sorted().flatMap(PodNetworks::everything), single)
        .distinct()
        .toList();
  }

  private static boolean isWhole(Route route, List<Cidr> own) {
    return isWithin(own, route.network()) && !isSingle(route.network());
  }

  /** An interface with a default route leads out of the node, whatever else it is used for. */
  private static boolean isInner(Links links, Route route) {
    return !route.device().equals("lo")
        && links.routes().stream()
            .noneMatch(r -> r.network().isEverything() && r.device().equals(route.device()));
  }

  private static Stream<PodRoute> everything(String device) {
    return Stream.of("0.0.0.0/0", "::/0").map(all -> new PodRoute(Cidr.parse(all), device));
  }

  /**
   * Networks of other nodes' pods with the interface to which this node routes them itself. A
   * default route proves nothing: who has no other one to them does not know them.
   *
   * @param pods networks of all pods
   */
  static List<PodRoute> routedPods(Links links, List<Cidr> pods, List<Cidr> own) {
    var inner =
        podInterfaces(links, own).stream().map(PodRoute::device).collect(Collectors.toSet());
    return links.routes().stream()
        .filter(route -> !route.network().isEverything() && !inner.contains(route.device()))
        .filter(route -> !isWithin(own, route.network()))
        .flatMap(
            route ->
                pods.stream()
                    .filter(pod -> !isWithin(own, pod))
                    .flatMap(pod -> overlap(pod, route.network()))
                    .map(network -> new PodRoute(network, route.device())))
        .distinct()
        .toList();
  }

  private static Stream<Cidr> overlap(Cidr one, Cidr other) {
    if (one.contains(other)) {
      return Stream.of(other);
    }
    return other.contains(one) ? Stream.of(one) : Stream.of();
  }

  private static boolean isWithin(List<Cidr> networks, Cidr inner) {
    return networks.stream().anyMatch(network -> network.contains(inner));
  }

  private static boolean isSingle(Cidr network) {
    return network.length() == network.family().addressBits();
  }
}
