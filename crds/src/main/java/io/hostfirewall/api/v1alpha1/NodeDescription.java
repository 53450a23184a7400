package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the cluster knows about a node. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NodeDescription(
    @JsonPropertyDescription("Addresses of the node.") @Required @Size(max = 64)
        List<@Size(max = 39) String> addresses,
    @JsonPropertyDescription("Networks of the pods of this node.") @Required @Size(max = 16)
        List<@Size(max = 43) String> podCIDRs,
    @JsonPropertyDescription("Port of the node's kubelet. Absent: unknown.") @Min(1) @Max(65_535)
        @Nullable Integer kubeletPort,
    @JsonPropertyDescription("Ports of the API server, if this node is one; else empty.")
        @Required
        @Size(max = 16)
        List<@Min(1) @Max(65_535) Integer> apiServerPorts,
    @JsonPropertyDescription("Whether the node is part of the control plane.") @Required
        boolean controlPlane) {}
