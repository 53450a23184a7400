package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** A node on which a policy is not enforced, and why. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FailedNode(
    @JsonPropertyDescription("Name of the node.") @Required @Size(min = 1, max = 253) String name,
    @JsonPropertyDescription("Why, in one word for programs.") @Required @Size(max = 64)
        String reason,
    @JsonPropertyDescription("Why, in one sentence for people.") @Required @Size(max = 128)
        String message) {}
