package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.api.model.LabelSelector;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a user asks of the nodes that the selector picks. An absent field means the default named in
 * the API reference; nothing is defaulted by the schema.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HostFirewallPolicySpec(
    LabelSelector nodeSelector,
    @Nullable Integer priority,
    @Nullable Enforcement enforcement,
    @Nullable DefaultActions defaultActions,
    @Nullable Protections protections,
    @Nullable Boolean trustNodes,
    @Nullable Boolean acknowledgeLockout,
    @Nullable Logging logging,
    @Nullable List<PolicyRule> ingress,
    @Nullable List<PolicyRule> egress,
    @Nullable List<PolicyRule> forward) {}
