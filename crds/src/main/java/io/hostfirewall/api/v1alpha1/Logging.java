package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;

/** How many packets are logged. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Logging(
    @JsonPropertyDescription(
            "How many packets a minute each node logs, 5 of them at once. Lines begin with hfw, the"
                + " policy and rule, and what was decided.")
        @Required
        @Min(1)
        @Max(10_000)
        Integer perMinute) {}
