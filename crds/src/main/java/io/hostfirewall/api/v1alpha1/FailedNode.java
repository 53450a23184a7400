package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;

/** A node on which a policy is not enforced, and why. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FailedNode(String name, String reason, String message) {}
