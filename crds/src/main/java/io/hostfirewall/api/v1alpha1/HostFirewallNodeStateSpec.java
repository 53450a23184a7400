package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** What a node shall run. An empty revision means none: remove what is ours. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HostFirewallNodeStateSpec(
    @JsonPropertyDescription(
            "Name of the HostFirewallRevision that the node shall run. Empty: no policy selects the"
                + " node, and the agent removes its rules.")
        @Required
        @Size(max = 63)
        @Pattern(ApiLimits.REVISION)
        String revision,
    @JsonPropertyDescription("What the cluster knows about the node.") @Required
        NodeDescription node) {}
