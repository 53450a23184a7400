package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;

/** The nodes of a policy, counted. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NodeCounts(
    int selected, int updated, int applied, int failed, int pending, int unknown) {}
