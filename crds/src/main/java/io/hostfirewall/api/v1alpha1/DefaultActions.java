package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** What happens to packets that no rule covers. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DefaultActions(
    @JsonPropertyDescription(
            "New connections to the node itself, its NodePorts and hostPorts included. Absent: Deny.")
        @Nullable Action ingress,
    @JsonPropertyDescription(
            "New connections that enter by an uplink and are routed on, other than to a port of the"
                + " node. Absent: Deny.")
        @Nullable Action forward,
    @JsonPropertyDescription(
            "New connections of the node's own processes that leave by an uplink. Absent: Accept.")
        @Nullable Action egress) {}
