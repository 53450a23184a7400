package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** An immutable merge of policies, named by the hash of its content. */
@Group("hostfirewall.io")
@Version("v1alpha1")
@ShortNames("hfrev")
@JsonClassDescription(
    "The policies of a group of nodes as the operator accepted them, named by the hash of its"
        + " content. Immutable, written by the operator, not meant to be edited.")
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
public class HostFirewallRevision extends CustomResource<HostFirewallRevisionSpec, Void> {}
