package io.hostfirewall.operator.select;

import io.fabric8.kubernetes.api.model.DaemonEndpoint;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.NodeDaemonEndpoints;
import io.fabric8.kubernetes.api.model.NodeSpec;
import io.fabric8.kubernetes.api.model.NodeStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the firewall reads of a Node. Two versions of a Node with equal views are the same to us, so
 * a kubelet's heartbeat reconciles nothing.
 *
 * @param addresses internal and external IP addresses, sorted
 * @param podCidrs networks of the node's pods, sorted
 * @param kubeletPort absent when the kubelet has not said
 * @param unreachable its Ready condition is False or Unknown; a Node that has none (no kubelet) is
 *     taken as reachable
 */
public record NodeView(
    String name,
    @Nullable String uid,
    Map<String, String> labels,
    List<String> addresses,
    List<String> podCidrs,
    @Nullable Integer kubeletPort,
    boolean unreachable,
    boolean beingDeleted) {

  private static final Set<String> ADDRESS_TYPES = Set.of("InternalIP", "ExternalIP");
  private static final String OS_LABEL = "kubernetes.io/os";
  private static final String CONTROL_PLANE_LABEL = "node-role.kubernetes.io/control-plane";

  public static NodeView of(Node node) {
    var metadata = node.getMetadata();
    var spec = Optional.ofNullable(node.getSpec());
    var status = Optional.ofNullable(node.getStatus());
    return new NodeView(
        metadata.getName(),
        metadata.getUid(),
        metadata.getLabels() == null ? Map.of() : Map.copyOf(metadata.getLabels()),
        addresses(status),
        podCidrs(spec),
        kubeletPort(status),
        status.map(NodeView::isUnreachable).orElse(false),
        metadata.getDeletionTimestamp() != null);
  }

  /** Whether the two versions of a Node differ in nothing that the firewall reads. */
  public static boolean changed(Node before, Node after) {
    return !of(before).equals(of(after));
  }

  public boolean linux() {
    return "linux".equals(labels.getOrDefault(OS_LABEL, "linux"));
  }

  public boolean controlPlane() {
    return labels.containsKey(CONTROL_PLANE_LABEL);
  }

  private static List<String> addresses(Optional<NodeStatus> status) {
    return status.map(NodeStatus::getAddresses).stream()
        .flatMap(List::stream)
        .filter(address -> ADDRESS_TYPES.contains(address.getType()))
        .map(NodeAddress::getAddress)
        .distinct()
        .sorted()
        .toList();
  }

  private static List<String> podCidrs(Optional<NodeSpec> spec) {
    var several = spec.map(NodeSpec::getPodCIDRs).stream().flatMap(List::stream);
    var one = spec.map(NodeSpec::getPodCIDR).stream();
    return Stream.concat(several, one).distinct().sorted().toList();
  }

  private static @Nullable Integer kubeletPort(Optional<NodeStatus> status) {
    return status
        .map(NodeStatus::getDaemonEndpoints)
        .map(NodeDaemonEndpoints::getKubeletEndpoint)
        .map(DaemonEndpoint::getPort)
        .filter(port -> port > 0)
        .orElse(null);
  }

  private static boolean isUnreachable(NodeStatus status) {
    return status.getConditions() != null
        && status.getConditions().stream()
            .anyMatch(c -> "Ready".equals(c.getType()) && !"True".equals(c.getStatus()));
  }
}
