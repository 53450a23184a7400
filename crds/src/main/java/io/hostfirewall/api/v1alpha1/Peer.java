package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.LabelSelector;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who may be at the other end: exactly one of networks, address set or nodes. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "[has(self.networks), has(self.addressSet), has(self.nodes)].filter(x, x).size() == 1",
    message =
        "an entry has exactly one of networks, addressSet and nodes: make one entry of each, any of"
            + " them matches")
@ValidationRule(
    value = "!has(self.except) || has(self.networks)",
    fieldPath = ".except",
    message = "except takes away from networks and stands only beside them")
public record Peer(
    @JsonPropertyDescription(
            "Networks of either family as address and prefix length, such as 203.0.113.0/24 or"
                + " 2001:db8::/32; a single address is a /32 or a /128.")
        @Size(min = 1, max = 64)
        @Nullable List<@Size(max = 43) String> networks,
    @JsonPropertyDescription("Networks to leave out, inside those of networks.")
        @Size(min = 1, max = 32)
        @Nullable List<@Size(max = 43) String> except,
    @JsonPropertyDescription(
            "Name of a HostFirewallAddressSet. A name that does not exist is an error, not anyone.")
        @Size(min = 1, max = 63)
        @Pattern("^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$")
        @Nullable String addressSet,
    @JsonPropertyDescription("Nodes of the cluster by their labels; {} is every node.")
        @Nullable LabelSelector nodes) {}
