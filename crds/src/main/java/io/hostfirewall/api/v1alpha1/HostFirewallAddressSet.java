package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** A named list of networks, used by policies. */
@Group("hostfirewall.io")
@Version("v1alpha1")
@ShortNames("hfas")
@JsonClassDescription(
    "A named list of networks that rules refer to by addressSet. Nodes follow a change without"
        + " reloading a rule. Names that begin with cluster- are kept by the operator.")
@AdditionalPrinterColumn(name = "Set", jsonPath = ".spec.set")
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
public class HostFirewallAddressSet extends CustomResource<HostFirewallAddressSetSpec, Void> {}
