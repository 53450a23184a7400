package io.hostfirewall.agent.cluster;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.PackedNetworks;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The spec of a HostFirewallAddressSet as an agent keeps it: as texts, all networks of a cluster
 * would take more memory than the agent has.
 *
 * @param set the set that the networks belong to; null for the one of the object's name
 * @param networks null if they are none
 */
record AddressSetContent(@Nullable String set, @Nullable List<Cidr> networks) {

  @JsonCreator
  static AddressSetContent of(
      @JsonProperty("set") @Nullable String set,
      @JsonProperty("networks") @Nullable List<String> networks) {
    return new AddressSetContent(set, networks == null ? null : packed(networks));
  }

  private static @Nullable List<Cidr> packed(List<String> networks) {
    try {
      return PackedNetworks.ofBothFamilies(networks.stream().map(Cidr::parse).toList());
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
