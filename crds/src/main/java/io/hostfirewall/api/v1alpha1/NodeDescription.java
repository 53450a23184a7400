package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the cluster knows about a node. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NodeDescription(
    List<String> addresses,
    List<String> podCIDRs,
    @Nullable Integer kubeletPort,
    List<Integer> apiServerPorts,
    boolean controlPlane) {}
