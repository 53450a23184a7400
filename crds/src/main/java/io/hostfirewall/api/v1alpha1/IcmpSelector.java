package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * An ICMP type by its name in both families, or by its number in one; optionally one code of it.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record IcmpSelector(String type, @Nullable Integer code, @Nullable IpFamily family) {}
