package io.hostfirewall.operator.address;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodIP;
import io.hostfirewall.operator.select.NodeView;
import io.hostfirewall.ruleset.model.Cidr;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A pod whose address is in no network that we know as the pods': traffic of its like between nodes
 * is not trusted.
 */
public record StrangerPod(String namespace, String name, String node, String address) {

  /** The first stranger among the pods of a node; pods in the host's network do not count. */
  static Optional<StrangerPod> among(
      Collection<Pod> pods, NodeView node, Collection<NodeView> all, List<String> podCidrs) {
    return pods.stream()
        .filter(StrangerPod::hasNetworkOfItsOwn)
        .flatMap(pod -> addresses(pod).map(address -> of(pod, address)))
        .filter(pod -> !pod.isIn(node.podCidrs()) && !pod.isIn(podCidrs))
        .filter(pod -> all.stream().noneMatch(other -> pod.isIn(other.podCidrs())))
        .findFirst();
  }

  /** One sentence that says what to do. */
  public String sentence() {
    return ("pod %s/%s on node %s has the address %s, which is in no Node's podCIDRs and not in"
            + " cluster.podCIDRs: add its network there, or policies drop traffic between such"
            + " pods")
        .formatted(namespace, name, node, address);
  }

  private static StrangerPod of(Pod pod, String address) {
    var metadata = pod.getMetadata();
    return new StrangerPod(
        metadata.getNamespace(), metadata.getName(), pod.getSpec().getNodeName(), address);
  }

  private static boolean hasNetworkOfItsOwn(Pod pod) {
    return !Boolean.TRUE.equals(pod.getSpec().getHostNetwork()) && pod.getStatus() != null;
  }

  private static Stream<String> addresses(Pod pod) {
    var several = pod.getStatus().getPodIPs();
    return several == null || several.isEmpty()
        ? Stream.ofNullable(pod.getStatus().getPodIP())
        : several.stream().map(PodIP::getIp);
  }

  private boolean isIn(List<String> networks) {
    try {
      var own = Cidr.parse(address);
      return networks.stream().map(Cidr::parse).anyMatch(network -> network.contains(own));
    } catch (IllegalArgumentException e) {
      // Said elsewhere: what is no network is left out of the address sets.
      return false;
    }
  }
}
