package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import org.jspecify.annotations.Nullable;

/** How many leading bits of its address make a source. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SourcePrefixLength(
    @JsonPropertyDescription(
            "1 to 32 bits of an IPv4 address. Absent: 32, each address is a source.")
        @Min(1)
        @Max(32)
        @Nullable Integer ipv4,
    @JsonPropertyDescription(
            "1 to 128 bits of an IPv6 address. Absent: 64, the network that one subscriber usually has to himself.")
        @Min(1)
        @Max(128)
        @Nullable Integer ipv6) {}
