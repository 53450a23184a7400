package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;

/** What a node shall run. An empty revision means none: remove what is ours. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HostFirewallNodeStateSpec(String revision, NodeDescription node) {}
