package io.hostfirewall.api.v1alpha1;

import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** An immutable merge of policies, named by the hash of its content. */
@Group("hostfirewall.io")
@Version("v1alpha1")
@ShortNames("hfrev")
public class HostFirewallRevision extends CustomResource<HostFirewallRevisionSpec, Void> {}
