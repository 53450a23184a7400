package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a node runs, as read back from its kernel. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HostFirewallNodeStateStatus(
    @JsonPropertyDescription(
            "Generation of the spec that this status speaks of; -1 before the agent has looked.")
        @Min(-1)
        @Max(ApiLimits.LARGEST_EXACT_INTEGER)
        @Nullable Long observedGeneration,
    @JsonPropertyDescription(
            "Pending: not begun. Trial: loaded, not yet confirmed. Applied: read back from the kernel"
                + " and as wanted. RolledBack: the new rules were taken back, the ones before decide."
                + " Failed: not loaded, the ones before decide. Drifted: somebody changed our rules,"
                + " and they are not healed yet.")
        @Nullable NodePhase state,
    @JsonPropertyDescription("The revision that the kernel was seen to run. Empty: none.")
        @Size(max = 63)
        @Pattern(ApiLimits.REVISION)
        @Nullable String revision,
    @JsonPropertyDescription("Hash of the rule set of both families, as read back.")
        @Size(max = 128)
        @Nullable String rulesetHash,
    @JsonPropertyDescription("Hash of the address sets in the kernel.") @Size(max = 128)
        @Nullable String addressSetsHash,
    @JsonPropertyDescription("The iptables back end in use: nft or legacy.") @Size(max = 32)
        @Nullable String backend,
    @JsonPropertyDescription("Version of the agent that wrote this.") @Size(max = 64)
        @Nullable String agentVersion,
    @JsonPropertyDescription("When this revision was confirmed, as RFC 3339.") @Size(max = 64)
        @Nullable String appliedAt,
    @JsonPropertyDescription("One sentence for people: what went wrong, or nothing.")
        @Size(max = 256)
        @Nullable String message,
    @JsonPropertyDescription("The state in detail, each by its type.") @Size(max = 16)
        @Nullable List<Condition> conditions) {}
