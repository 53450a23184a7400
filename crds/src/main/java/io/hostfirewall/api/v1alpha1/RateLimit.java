package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * A token bucket of new connections, or of ICMP packets, for each source.
 *
 * <p>The kernel's xt_hashlimit counts credit in 32 bits: beyond about 38 hours to fill a bucket it
 * wraps silently and admits less than it says (measured). A day leaves room.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "self.burst * (self.unit == 'Second' ? 1 : self.unit == 'Minute' ? 60"
            + " : self.unit == 'Hour' ? 3600 : 86400) <= 86400 * self.limit",
    message =
        "an empty bucket must be full again within 24 hours (burst x unit / limit): lower burst or"
            + " raise limit")
@ValidationRule(
    value = "!has(self.per) || self.per != 'Node' || !has(self.sourcePrefixLength)",
    fieldPath = ".sourcePrefixLength",
    message = "with per: Node all sources share one bucket: leave out sourcePrefixLength")
public record RateLimit(
    @JsonPropertyDescription("How many new connections, or ICMP packets, pass in each unit.")
        @Required
        @Min(1)
        @Max(10_000)
        Integer limit,
    @JsonPropertyDescription("Unit of time that limit counts in.") @Required RateUnit unit,
    @JsonPropertyDescription(
            "How many pass at once after a pause; the bucket fills again at the rate of limit.")
        @Required
        @Min(1)
        @Max(1_000_000)
        Integer burst,
    @JsonPropertyDescription(
            "How many leading bits of its address make a source. Absent: 32 of IPv4, 64 of IPv6.")
        @Nullable SourcePrefixLength sourcePrefixLength,
    @JsonPropertyDescription("What happens to packets over the limit. Absent: Deny.")
        @Nullable Action exceeded,
    @JsonPropertyDescription(
            "Source: each source has a bucket of its own. Node: all share one, so that one attacker"
                + " can starve everybody. Absent: Source.")
        @Nullable LimitScope per) {}
