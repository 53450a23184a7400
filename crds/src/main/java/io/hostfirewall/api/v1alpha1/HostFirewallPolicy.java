package io.hostfirewall.api.v1alpha1;

import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** Rules for the nodes that a selector picks. */
@Group("hostfirewall.io")
@Version("v1alpha1")
@ShortNames("hfp")
public class HostFirewallPolicy
    extends CustomResource<HostFirewallPolicySpec, HostFirewallPolicyStatus> {}
