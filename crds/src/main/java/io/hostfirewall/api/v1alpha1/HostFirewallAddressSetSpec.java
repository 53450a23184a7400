package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A named list of networks. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HostFirewallAddressSetSpec(
    @JsonPropertyDescription(
            "The set that these networks belong to; objects with the same set add up to one. Absent:"
                + " the name of the object.")
        @Size(min = 1, max = 63)
        @Pattern("^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$")
        @Nullable String set,
    @JsonPropertyDescription(
            "Networks of either family as address and prefix length, such as 203.0.113.0/24 or"
                + " 2001:db8::/32; a single address is a /32 or a /128. At most 10,000: beyond that"
                + " make several objects with the same set.")
        @Required
        @Size(max = 10_000)
        List<@Size(max = 43) String> networks) {}
