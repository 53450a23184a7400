package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/** A port, or the range from port to endPort, both included. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PortSelector(TransportProtocol protocol, Integer port, @Nullable Integer endPort) {}
