package io.hostfirewall.operator;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeState;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicy;
import io.hostfirewall.api.v1alpha1.HostFirewallRevision;
import io.hostfirewall.api.v1alpha1.HostFirewallRevisionSpec;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.operator.select.NodeView;
import java.util.List;

/** Objects as an API server would give them, each with as little as a test needs. */
public final class Samples {

  private static final KubernetesSerialization YAML = new KubernetesSerialization();

  private Samples() {}

  /** A node with one label {@code role}. */
  public static Node node(String name, String role, String address) {
    return YAML.unmarshal(
        """
        metadata: {name: %1$s, uid: uid-of-%1$s, labels: {kubernetes.io/os: linux, role: "%2$s"}}
        spec: {podCIDR: 10.42.1.0/24, podCIDRs: [10.42.1.0/24, "fd42:1::/64"]}
        status:
          addresses:
          - {type: InternalIP, address: "%3$s"}
          - {type: Hostname, address: %1$s}
          daemonEndpoints: {kubeletEndpoint: {Port: 10250}}
        """
            .formatted(name, role, address),
        Node.class);
  }

  public static NodeView view(String name, String role) {
    return NodeView.of(node(name, role, "10.99.0.11"));
  }

  /** A policy for nodes of a role; {@code rules} are the items of {@code ingress}, in YAML flow. */
  public static HostFirewallPolicy policy(String name, long generation, String role, String rules) {
    return YAML.unmarshal(
        """
        metadata: {name: %1$s, uid: uid-of-%1$s, generation: %2$d}
        spec:
          nodeSelector: {matchLabels: {role: "%3$s"}}
          ingress: [%4$s]
        """
            .formatted(name, generation, role, rules),
        HostFirewallPolicy.class);
  }

  public static HostFirewallPolicy validPolicy(String name, long generation, String role) {
    return policy(
        name, generation, role, "{name: ssh, action: Accept, ports: [{protocol: TCP, port: 22}]}");
  }

  /** A valid policy that is only audited. */
  public static HostFirewallPolicy auditedPolicy(String name, long generation, String role) {
    return YAML.unmarshal(
        YAML.asYaml(validPolicy(name, generation, role))
            .replaceFirst("spec:\n", "spec:\n  enforcement: Audit\n"),
        HostFirewallPolicy.class);
  }

  /** A policy that the schema lets pass and that is refused: the kernel cannot keep its limit. */
  public static HostFirewallPolicy invalidPolicy(String name, long generation, String role) {
    return policy(
        name,
        generation,
        role,
        "{name: web, action: Accept, rateLimit: {limit: 9999, unit: Second, burst: 10}}");
  }

  public static RevisionPolicy inRevision(HostFirewallPolicy policy) {
    var metadata = policy.getMetadata();
    return new RevisionPolicy(
        metadata.getName(), metadata.getUid(), metadata.getGeneration(), policy.getSpec());
  }

  public static HostFirewallRevision revision(String name, HostFirewallPolicy... policies) {
    HostFirewallRevision revision =
        YAML.unmarshal("metadata: {name: %s}".formatted(name), HostFirewallRevision.class);
    revision.setSpec(
        new HostFirewallRevisionSpec(List.of(policies).stream().map(Samples::inRevision).toList()));
    return revision;
  }

  /** A node's state; {@code status} in YAML flow. */
  public static HostFirewallNodeState state(String node, String revision, String status) {
    return YAML.unmarshal(
        """
        metadata: {name: %s, generation: 4}
        spec:
          revision: "%s"
          node: {addresses: [], podCIDRs: [], apiServerPorts: [], controlPlane: false}
        status: %s
        """
            .formatted(node, revision, status),
        HostFirewallNodeState.class);
  }

  public static EndpointSlice apiServers(int port, String... addresses) {
    return YAML.unmarshal(
        """
        metadata: {name: kubernetes, namespace: default}
        endpoints: [{addresses: ["%s"]}]
        ports: [{name: https, port: %d, protocol: TCP}]
        """
            .formatted(String.join("\", \"", addresses), port),
        EndpointSlice.class);
  }
}
