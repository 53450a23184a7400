package io.hostfirewall.agent.policyfile;

import io.hostfirewall.api.v1alpha1.NodeDescription;
import io.hostfirewall.ruleset.model.Cidr;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A node of a cluster that nobody looked at.
 *
 * @param pods networks of its pods
 * @param apiServerPort where its API server listens; null if it runs none
 * @param kubeletPort null if nobody said
 */
public record SupposedNode(
    String name,
    List<Cidr> addresses,
    Map<String, String> labels,
    List<Cidr> pods,
    @Nullable Integer apiServerPort,
    @Nullable Integer kubeletPort) {

  private static final String CONTROL_PLANE = "node-role.kubernetes.io/control-plane";

  /** As kubelet has it, unless it is told otherwise. */
  private static final int KUBELET = 10250;

  public SupposedNode {
    addresses = List.copyOf(addresses);
    labels = Map.copyOf(labels);
    pods = List.copyOf(pods);
  }

  boolean isOfControlPlane() {
    return labels.containsKey(CONTROL_PLANE);
  }

  /** What the cluster would tell an agent on it. */
  public NodeDescription description() {
    return new NodeDescription(
        addresses.stream().map(Cidr::setEntry).toList(),
        pods.stream().map(Cidr::toString).toList(),
        kubeletPort == null ? KUBELET : kubeletPort,
        Stream.ofNullable(apiServerPort).toList(),
        isOfControlPlane());
  }
}
