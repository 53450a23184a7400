package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One entry of a policy: the first rule that matches a new connection decides it. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PolicyRule(
    String name,
    Action action,
    @Nullable List<Peer> from,
    @Nullable List<Peer> to,
    @Nullable List<PortSelector> ports,
    @Nullable List<IcmpSelector> icmp,
    @Nullable List<Integer> protocols,
    @Nullable List<String> interfaces,
    @Nullable RateLimit rateLimit,
    @Nullable ConnectionLimit connectionLimit,
    @Nullable Logging logging) {}
