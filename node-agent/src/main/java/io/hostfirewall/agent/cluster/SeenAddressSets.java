package io.hostfirewall.agent.cluster;

import io.hostfirewall.agent.cluster.ApiObject.Metadata;
import io.hostfirewall.api.v1alpha1.HostFirewallAddressSetSpec;
import io.hostfirewall.ruleset.model.Cidr;
import java.util.List;
import java.util.Map;

/**
 * The address sets of a cluster.
 *
 * @param objects those that they are put together of, by their names
 */
public record SeenAddressSets(Map<String, HostFirewallAddressSetSpec> objects) {

  public SeenAddressSets {
    objects = Map.copyOf(objects);
  }

  /** Networks by the name of their set. */
  public Map<String, List<Cidr>> content() {
    return AddressSets.merge(
        Map.of(),
        objects.entrySet().stream()
            .map(
                object ->
                    new ApiObject<AddressSetContent, Void>(
                        new Metadata(object.getKey(), "", 0),
                        AddressSetContent.of(object.getValue().set(), object.getValue().networks()),
                        null))
            .toList());
  }
}
