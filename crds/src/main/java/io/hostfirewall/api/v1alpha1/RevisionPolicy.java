package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;

/** One policy as it stands in a revision. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RevisionPolicy(
    String name, String uid, Long generation, HostFirewallPolicySpec spec) {}
