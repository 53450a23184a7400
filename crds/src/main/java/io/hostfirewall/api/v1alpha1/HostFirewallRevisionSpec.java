package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** The accepted policies of a group of nodes, whole, in the order of evaluation. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "self == oldSelf",
    message = "a revision never changes: the operator makes another one")
public record HostFirewallRevisionSpec(
    @JsonPropertyDescription("The policies in the order of evaluation.") @Required @Size(max = 64)
        List<RevisionPolicy> policies) {}
