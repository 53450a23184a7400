package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.LabelSelector;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a user asks of the nodes that the selector picks. An absent field means the default named in
 * the API reference; nothing is defaulted by the schema.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
// Not @Required: the API server's own message would not say what to write.
@ValidationRule(
    value = "has(self.nodeSelector)",
    fieldPath = ".nodeSelector",
    reason = "FieldValueRequired",
    message =
        "write nodeSelector: {} for every Linux node, or matchLabels or matchExpressions to pick"
            + " some")
@ValidationRule(
    value =
        "!has(self.ingress) || self.ingress.all(r, self.ingress.exists_one(o, o.name == r.name))",
    fieldPath = ".ingress",
    message = "two ingress rules have the same name: give each its own")
@ValidationRule(
    value = "!has(self.egress) || self.egress.all(r, self.egress.exists_one(o, o.name == r.name))",
    fieldPath = ".egress",
    message = "two egress rules have the same name: give each its own")
@ValidationRule(
    value =
        "!has(self.forward) || self.forward.all(r, self.forward.exists_one(o, o.name == r.name))",
    fieldPath = ".forward",
    message = "two forward rules have the same name: give each its own")
@ValidationRule(
    value = "!has(self.egress) || self.egress.all(r, !has(r.from))",
    fieldPath = ".egress",
    message = "an egress rule is about connections of the node itself: it has to, but no from")
@ValidationRule(
    value =
        "!has(self.enforcement) || self.enforcement != 'Audit'"
            + " || (!has(self.defaultActions) && !has(self.protections))",
    message =
        "a policy with enforcement: Audit decides nothing: leave out defaultActions and protections")
public record HostFirewallPolicySpec(
    @JsonPropertyDescription(
            "Required. Which nodes obey this policy, by their labels; {} is every Linux node.")
        LabelSelector nodeSelector,
    @JsonPropertyDescription(
            "0 to 1000; policies with a lower one are evaluated first, equal ones by name. Absent:"
                + " 500.")
        @Min(0)
        @Max(1000)
        @Nullable Integer priority,
    @JsonPropertyDescription(
            "Enforce: decide packets. Audit: count and log what would be decided, decide nothing."
                + " Absent: Enforce.")
        @Nullable Enforcement enforcement,
    @JsonPropertyDescription(
            "What happens to packets that no rule covers. The first policy of a node that sets a"
                + " field decides it.")
        @Nullable DefaultActions defaultActions,
    @JsonPropertyDescription(
            "Drops that come before any rule. The first policy of a node that sets a field decides"
                + " it.")
        @Nullable Protections protections,
    @JsonPropertyDescription(
            "true: everything from the cluster's own nodes and pods passes. false: only what the"
                + " cluster needs. Absent: true.")
        @Nullable Boolean trustNodes,
    @JsonPropertyDescription(
            "true: load the policy even if it would end an SSH session or an API connection that is"
                + " open now. Absent: false.")
        @Nullable Boolean acknowledgeLockout,
    @JsonPropertyDescription(
            "Log what no rule covers, as defaultActions decide it. The first policy of a node that"
                + " sets it decides it. Absent: none.")
        @Nullable Logging logging,
    @JsonPropertyDescription(
            "Rules for new connections to the node, its NodePorts and hostPorts included. The first"
                + " that matches decides.")
        @Size(max = 128)
        @Nullable List<PolicyRule> ingress,
    @JsonPropertyDescription(
            "Rules for new connections of the node's own processes that leave by an uplink. The first"
                + " that matches decides.")
        @Size(max = 128)
        @Nullable List<PolicyRule> egress,
    @JsonPropertyDescription(
            "Rules for new connections that enter by an uplink and are routed on, other than to a"
                + " port of the node. The first that matches decides.")
        @Size(max = 128)
        @Nullable List<PolicyRule> forward) {}
