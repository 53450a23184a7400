package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;

/** Concurrent connections of one source. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ConnectionLimit(Integer perSource) {}
