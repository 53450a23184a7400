package io.hostfirewall.operator.node;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeState;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateSpec;
import io.hostfirewall.api.v1alpha1.NodeDescription;
import io.hostfirewall.operator.select.NodeView;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a node's state shall say, and whether it says it already. */
final class NodeStates {

  static final String MANAGED_BY = "app.kubernetes.io/managed-by";
  static final String OPERATOR = "hostfirewall-operator";

  private NodeStates() {}

  static NodeDescription describe(NodeView node, ApiServerEndpoints apiServers) {
    return new NodeDescription(
        node.addresses(),
        node.podCidrs(),
        node.kubeletPort(),
        apiServers.portsOn(node.addresses()),
        node.controlPlane());
  }

  /**
   * The state as the operator applies it: owned by its Node, so that it goes when the Node goes.
   */
  static HostFirewallNodeState of(NodeView node, HostFirewallNodeStateSpec spec) {
    var state = new HostFirewallNodeState();
    state.setMetadata(
        new ObjectMetaBuilder()
            .withName(node.name())
            .withLabels(Map.of(MANAGED_BY, OPERATOR))
            .addNewOwnerReference()
            .withApiVersion("v1")
            .withKind("Node")
            .withName(node.name())
            .withUid(node.uid())
            .endOwnerReference()
            .build());
    state.setSpec(spec);
    return state;
  }

  static boolean says(
      @Nullable HostFirewallNodeState present, NodeView node, HostFirewallNodeStateSpec wanted) {
    return present != null
        && wanted.equals(present.getSpec())
        && owners(present).stream().anyMatch(o -> Objects.equals(o.getUid(), node.uid()));
  }

  private static List<OwnerReference> owners(HostFirewallNodeState state) {
    var owners = state.getMetadata().getOwnerReferences();
    return owners == null ? List.of() : owners;
  }
}
