package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;

/** How many packets a minute are logged at most. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Logging(Integer perMinute) {}
