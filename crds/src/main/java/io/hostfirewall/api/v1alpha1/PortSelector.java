package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** A port, or the range from port to endPort, both included. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "!has(self.endPort) || self.endPort >= self.port",
    fieldPath = ".endPort",
    message = "endPort is the last port of the range and must not be smaller than port")
public record PortSelector(
    @JsonPropertyDescription("Protocol that the port is of.") @Required TransportProtocol protocol,
    @JsonPropertyDescription("The port, or the first of a range.") @Required @Min(1) @Max(65_535)
        Integer port,
    @JsonPropertyDescription("The last port of a range, included. Absent: port alone.")
        @Min(1)
        @Max(65_535)
        @Nullable Integer endPort) {}
