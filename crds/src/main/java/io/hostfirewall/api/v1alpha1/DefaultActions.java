package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/** What happens to packets that no rule covers. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DefaultActions(
    @Nullable Action ingress, @Nullable Action forward, @Nullable Action egress) {}
