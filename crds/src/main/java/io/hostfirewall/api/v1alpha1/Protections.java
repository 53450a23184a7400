package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** Drops that come before any rule. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Protections(
    @JsonPropertyDescription(
            "Packets that come by an uplink with a loopback address, an address of the node or one of"
                + " its own pods as source, or a loopback address as destination. Absent: Drop.")
        @Nullable ProtectionMode spoofedSource,
    @JsonPropertyDescription(
            "TCP flags that no honest packet has, as port scanners send them: none, all, FIN alone,"
                + " SYN with FIN or RST. Absent: Drop.")
        @Nullable ProtectionMode bogusTcpFlags,
    @JsonPropertyDescription(
            "TCP packets to the node that would open a connection without being a SYN. Absent: Drop.")
        @Nullable ProtectionMode newNotSyn,
    @JsonPropertyDescription(
            "Packets to the node that connection tracking calls INVALID. Absent: Drop.")
        @Nullable ProtectionMode invalidState,
    @JsonPropertyDescription(
            "Packets whose source is not reached by the interface they came by (RFC 3704): Strict, by"
                + " that interface; Loose, by any. Absent: Disabled.")
        @Nullable ReversePath reversePath) {}
