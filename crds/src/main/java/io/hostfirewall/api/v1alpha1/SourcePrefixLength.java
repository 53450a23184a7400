package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/** How many leading bits of its address make a source. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SourcePrefixLength(@Nullable Integer ipv4, @Nullable Integer ipv6) {}
