package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalSelectableField;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** Which revision a node shall run, and which it runs. */
@Group("hostfirewall.io")
@Version("v1alpha1")
@ShortNames("hfns")
@JsonClassDescription(
    "Which revision a node shall run (spec, written by the operator) and what it really runs"
        + " (status, written by the node's agent). Named like the node. Not meant to be edited.")
@AdditionalPrinterColumn(name = "Revision", jsonPath = ".status.revision")
@AdditionalPrinterColumn(name = "State", jsonPath = ".status.state")
@AdditionalPrinterColumn(name = "Backend", jsonPath = ".status.backend")
@AdditionalPrinterColumn(name = "Wanted", jsonPath = ".spec.revision", priority = 1)
@AdditionalPrinterColumn(name = "Agent", jsonPath = ".status.agentVersion", priority = 1)
@AdditionalPrinterColumn(name = "Message", jsonPath = ".status.message", priority = 1)
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
@AdditionalSelectableField(jsonPath = ".spec.revision")
@AdditionalSelectableField(jsonPath = ".status.state")
public class HostFirewallNodeState
    extends CustomResource<HostFirewallNodeStateSpec, HostFirewallNodeStateStatus> {}
