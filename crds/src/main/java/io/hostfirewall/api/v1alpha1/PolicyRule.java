package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One entry of a policy: the first rule that matches a new connection decides it. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "[has(self.ports), has(self.icmp), has(self.protocols)].filter(x, x).size() <= 1",
    message = "a rule has ports or icmp or protocols, not several of them: write a rule for each")
@ValidationRule(
    value = "!has(self.rateLimit) || self.action == 'Accept'",
    fieldPath = ".rateLimit",
    message =
        "rateLimit says how much is accepted and stands only beside action: Accept; what happens to"
            + " the rest is rateLimit.exceeded")
@ValidationRule(
    value = "!has(self.connectionLimit) || self.action == 'Accept'",
    fieldPath = ".connectionLimit",
    message = "connectionLimit says how much is accepted and stands only beside action: Accept")
public record PolicyRule(
    @JsonPropertyDescription(
            "Name of the rule, unique in its list: lower case letters, digits and dashes, at most 40."
                + " It is shown wherever the rule speaks: comments, logs, metrics.")
        @Required
        @Size(min = 1, max = 40)
        @Pattern("^[a-z0-9-]{1,40}$")
        String name,
    @JsonPropertyDescription(
            "Accept: let pass what other rules of the host let pass. Deny: drop silently. Reject:"
                + " answer with a TCP reset or port-unreachable.")
        @Required
        Action action,
    @JsonPropertyDescription("Who opens the connection; any entry matches. Absent: anyone.")
        @Size(min = 1, max = 16)
        @Nullable List<Peer> from,
    @JsonPropertyDescription(
            "Who is spoken to; any entry matches. In an ingress rule the node's own address. Absent:"
                + " anyone.")
        @Size(min = 1, max = 16)
        @Nullable List<Peer> to,
    @JsonPropertyDescription(
            "Destination ports as the client spoke to them, NodePorts and hostPorts included; any"
                + " entry matches. Absent: every port.")
        @Size(min = 1, max = 32)
        @Nullable List<PortSelector> ports,
    @JsonPropertyDescription("ICMP packets; any entry matches. Not beside ports or protocols.")
        @Size(min = 1, max = 16)
        @Nullable List<IcmpSelector> icmp,
    @JsonPropertyDescription(
            "IP protocols by number, for those without ports, such as 4 (IPIP) or 50 (ESP). Not beside"
                + " ports or icmp.")
        @Size(min = 1, max = 16)
        @Nullable List<@Min(1) @Max(255) Integer> protocols,
    @JsonPropertyDescription(
            "Uplinks that the rule is about, such as eth0 or bond*. Absent: every uplink.")
        @Size(min = 1, max = 16)
        @Nullable List<@Size(min = 1, max = 15) @Pattern("^[A-Za-z0-9._-]+[*]?$") String>
            interfaces,
    @JsonPropertyDescription(
            "Accept only so many new connections, or ICMP packets, of each source. Only beside"
                + " action: Accept. Absent: no limit.")
        @Nullable RateLimit rateLimit,
    @JsonPropertyDescription(
            "Accept only so many connections of each source at a time. Only beside action: Accept."
                + " Absent: no limit.")
        @Nullable ConnectionLimit connectionLimit,
    @JsonPropertyDescription(
            "Log new connections and ICMP queries that the rule decides. Absent: none.")
        @Nullable Logging logging) {}
