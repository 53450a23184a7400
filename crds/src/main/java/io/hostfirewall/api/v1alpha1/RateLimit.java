package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/** A token bucket of new connections, or of ICMP packets, for each source. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RateLimit(
    Integer limit,
    RateUnit unit,
    Integer burst,
    @Nullable SourcePrefixLength sourcePrefixLength,
    @Nullable Action exceeded,
    @Nullable LimitScope per) {}
