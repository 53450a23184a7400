package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;

/** The nodes of a policy, counted. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NodeCounts(
    @JsonPropertyDescription("Nodes that the selector picks.") @Min(0) @Max(1_000_000) int selected,
    @JsonPropertyDescription("Nodes that were told the newest revision.") @Min(0) @Max(1_000_000)
        int updated,
    @JsonPropertyDescription("Nodes that confirmed the newest revision.") @Min(0) @Max(1_000_000)
        int applied,
    @JsonPropertyDescription("Nodes that refused it or rolled it back.") @Min(0) @Max(1_000_000)
        int failed,
    @JsonPropertyDescription("Nodes that have not answered yet.") @Min(0) @Max(1_000_000)
        int pending,
    @JsonPropertyDescription("Nodes that nobody can say anything about: not Ready.")
        @Min(0)
        @Max(1_000_000)
        int unknown) {}
