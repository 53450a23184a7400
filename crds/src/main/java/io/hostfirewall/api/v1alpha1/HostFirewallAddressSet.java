package io.hostfirewall.api.v1alpha1;

import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** A named list of networks, used by policies. */
@Group("hostfirewall.io")
@Version("v1alpha1")
@ShortNames("hfas")
public class HostFirewallAddressSet extends CustomResource<HostFirewallAddressSetSpec, Void> {}
