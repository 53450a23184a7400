package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/** Drops that come before any rule. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Protections(
    @Nullable ProtectionMode spoofedSource,
    @Nullable ProtectionMode bogusTcpFlags,
    @Nullable ProtectionMode newNotSyn,
    @Nullable ProtectionMode invalidState,
    @Nullable ReversePath reversePath) {}
