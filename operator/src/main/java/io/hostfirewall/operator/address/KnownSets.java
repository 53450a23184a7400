package io.hostfirewall.operator.address;

import io.hostfirewall.api.v1alpha1.HostFirewallAddressSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** Names of address sets. */
public final class KnownSets {

  private KnownSets() {}

  /** Those that exist; the cluster's own do wherever there is an operator. */
  public static Set<String> of(Collection<HostFirewallAddressSet> objects) {
    var names = new HashSet<>(ClusterAddresses.NAMES);
    objects.forEach(object -> names.add(name(object)));
    return names;
  }

  /** Whether an object that was changed belongs to another set now. */
  public static boolean renamed(HostFirewallAddressSet now, HostFirewallAddressSet before) {
    return !name(now).equals(name(before));
  }

  /** The set that an object belongs to. */
  public static String name(HostFirewallAddressSet object) {
    var set = object.getSpec().set();
    return set == null ? object.getMetadata().getName() : set;
  }
}
