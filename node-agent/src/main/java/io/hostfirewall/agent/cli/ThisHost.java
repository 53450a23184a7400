package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.node.NodeObserver;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.packet.Here;
import java.util.List;

/** The host on which a command runs, where a packet leaves the node's end out. */
final class ThisHost implements Here {

  private static final List<Cidr> LINK_LOCAL =
      List.of(Cidr.parse("169.254.0.0/16"), Cidr.parse("fe80::/10"));

  private final List<Cidr> addresses;

  /**
   * @param addresses those of this host, each as a network of one
   */
  ThisHost(List<Cidr> addresses) {
    this.addresses = List.copyOf(addresses);
  }

  @Override
  public Cidr address(Family family) {
    return addresses.stream()
        .filter(address -> address.family() == family)
        .filter(address -> LINK_LOCAL.stream().noneMatch(net -> net.contains(address)))
        .findFirst()
        .orElseGet(() -> Here.unseen("").address(family));
  }

  /** Without a route any name will do: rules judge an unknown interface like an uplink. */
  @Override
  public String interfaceTowards(Cidr address) {
    var device = NodeObserver.interfaceTowards(address);
    return device.isEmpty() ? "eth0" : device;
  }
}
