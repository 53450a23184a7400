package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How far a policy has come. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HostFirewallPolicyStatus(
    @JsonPropertyDescription(
            "Generation of the spec that this status speaks of; -1 before the operator has looked.")
        @Min(-1)
        @Max(ApiLimits.LARGEST_EXACT_INTEGER)
        @Nullable Long observedGeneration,
    @JsonPropertyDescription(
            "The revision that holds this policy, when all selected nodes share one.")
        @Size(max = 63)
        @Pattern(ApiLimits.REVISION)
        @Nullable String revision,
    @JsonPropertyDescription("The selected nodes, counted.") @Nullable NodeCounts nodes,
    @JsonPropertyDescription("Up to ten of the nodes on which the policy is not enforced.")
        @Size(max = 10)
        @Nullable List<FailedNode> failedNodes,
    @JsonPropertyDescription(
            "Accepted: the policy is valid. Programmed: every selected node confirmed it. Ready: all"
                + " is well. Reconciling: under way. Stalled: it needs you.")
        @Size(max = 16)
        @Nullable List<Condition> conditions) {}
