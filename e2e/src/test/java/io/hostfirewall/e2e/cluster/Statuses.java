package io.hostfirewall.e2e.cluster;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeState;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateStatus;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicy;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicyStatus;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What the operator says of policies, and the agents of nodes. */
record Statuses(KubernetesClient client) {

  Optional<HostFirewallPolicyStatus> ofPolicy(String name) {
    return Optional.ofNullable(client.resources(HostFirewallPolicy.class).withName(name).get())
        .map(HostFirewallPolicy::getStatus);
  }

  /** Status and reason of a policy's condition, such as {@code True Applied}. */
  String condition(String policy, String type) {
    return find(ofPolicy(policy).map(HostFirewallPolicyStatus::conditions), type)
        .map(condition -> condition.getStatus() + " " + condition.getReason())
        .orElse("absent");
  }

  String message(String policy, String type) {
    return message(find(ofPolicy(policy).map(HostFirewallPolicyStatus::conditions), type));
  }

  /** Whether a policy as it is now is proven to be enforced on so many nodes. */
  boolean isReady(String name, int nodes) {
    var policy = client.resources(HostFirewallPolicy.class).withName(name).get();
    var status = policy.getStatus();
    return status != null
        && Objects.equals(status.observedGeneration(), policy.getMetadata().getGeneration())
        && condition(name, "Ready").startsWith("True")
        && status.nodes().applied() == nodes;
  }

  Optional<HostFirewallNodeStateStatus> ofNode(ClusterNode node) {
    return Optional.ofNullable(
            client.resources(HostFirewallNodeState.class).withName(node.name()).get())
        .map(HostFirewallNodeState::getStatus);
  }

  Optional<Condition> condition(ClusterNode node, String type) {
    return find(ofNode(node).map(HostFirewallNodeStateStatus::conditions), type);
  }

  String message(ClusterNode node, String type) {
    return message(condition(node, type));
  }

  private static Optional<Condition> find(Optional<List<Condition>> conditions, String type) {
    return conditions.stream()
        .flatMap(List::stream)
        .filter(condition -> condition.getType().equals(type))
        .findFirst();
  }

  private static String message(Optional<Condition> condition) {
    return condition.map(Condition::getMessage).orElse("no such condition");
  }
}
