package io.hostfirewall.api.v1alpha1;

import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** Which revision a node shall run, and which it runs. */
@Group("hostfirewall.io")
@Version("v1alpha1")
@ShortNames("hfns")
public class HostFirewallNodeState
    extends CustomResource<HostFirewallNodeStateSpec, HostFirewallNodeStateStatus> {}
