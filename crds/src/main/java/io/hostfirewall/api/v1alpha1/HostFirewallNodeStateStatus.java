package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a node runs, as read back from its kernel. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HostFirewallNodeStateStatus(
    @Nullable Long observedGeneration,
    @Nullable NodePhase state,
    @Nullable String revision,
    @Nullable String rulesetHash,
    @Nullable String addressSetsHash,
    @Nullable String backend,
    @Nullable String agentVersion,
    @Nullable String appliedAt,
    @Nullable String message,
    @Nullable List<Condition> conditions) {}
