package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/** The accepted policies of a group of nodes, whole, in the order of evaluation. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HostFirewallRevisionSpec(List<RevisionPolicy> policies) {}
