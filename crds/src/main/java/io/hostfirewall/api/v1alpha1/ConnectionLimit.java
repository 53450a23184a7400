package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;

/** Concurrent connections of one source. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ConnectionLimit(
    @JsonPropertyDescription("How many connections one source may have open at a time.")
        @Required
        @Min(1)
        @Max(1_000_000)
        Integer perSource) {}
