package io.hostfirewall.e2e.kernel;

import io.hostfirewall.e2e.lab.Family;
import io.hostfirewall.e2e.lab.Listener;
import io.hostfirewall.e2e.lab.Topology;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/** The pod behind the host. */
final class Pod {

  private final Topology topology;
  private final Family family;

  Pod(Topology topology, Family family) {
    this.topology = topology;
    this.family = family;
  }

  InetAddress address() {
    return InetAddress.ofLiteral(family.pick("10.42.0.2", "fd42::2"));
  }

  /** Its network as iptables writes it. */
  String network() {
    return family.pick("10.42.0.0/24", "fd42::/64");
  }

  /** An address and port as iptables writes it. */
  String socket(int port) {
    return family.pick("10.42.0.2:" + port, "[fd42::2]:" + port);
  }

  Listener listen(int port) {
    return new Listener(topology.pod(), port);
  }

  /** Connects from a port of its own; empty if nobody answers. */
  Optional<Session> connect(int from, InetAddress destination, int port) {
    return Session.open(
        topology.pod(), Optional.of(new InetSocketAddress(address(), from)), destination, port);
  }
}
