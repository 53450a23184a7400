package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How far a policy has come. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HostFirewallPolicyStatus(
    @Nullable Long observedGeneration,
    @Nullable String revision,
    @Nullable NodeCounts nodes,
    @Nullable List<FailedNode> failedNodes,
    @Nullable List<Condition> conditions) {}
