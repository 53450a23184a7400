package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** One policy as it stands in a revision. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RevisionPolicy(
    @JsonPropertyDescription("Name of the policy.") @Required @Size(min = 1, max = 63) String name,
    @JsonPropertyDescription("UID of the policy.") @Required @Size(max = 64) String uid,
    @JsonPropertyDescription("Generation of the policy.")
        @Required
        @Min(0)
        @Max(ApiLimits.LARGEST_EXACT_INTEGER)
        Long generation,
    @JsonPropertyDescription("The spec of the policy, as it was accepted.") @Required
        HostFirewallPolicySpec spec) {}
