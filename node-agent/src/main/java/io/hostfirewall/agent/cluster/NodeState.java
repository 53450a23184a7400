package io.hostfirewall.agent.cluster;

import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateSpec;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateStatus;
import org.jspecify.annotations.Nullable;

/**
 * A node's HostFirewallNodeState, as it was seen last.
 *
 * @param uid another one of the same name has another
 * @param generation of the spec
 */
public record NodeState(
    String uid,
    long generation,
    @Nullable HostFirewallNodeStateSpec spec,
    @Nullable HostFirewallNodeStateStatus status) {

  static NodeState of(ApiObject<HostFirewallNodeStateSpec, HostFirewallNodeStateStatus> object) {
    var metadata = object.metadata();
    return new NodeState(metadata.uid(), metadata.generation(), object.spec(), object.status());
  }
}
