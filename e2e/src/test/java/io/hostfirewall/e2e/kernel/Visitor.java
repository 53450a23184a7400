package io.hostfirewall.e2e.kernel;

import io.hostfirewall.e2e.lab.Topology;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/** An honest client outside, whose kernel speaks TCP for it. */
final class Visitor {

  private final Topology topology;
  private final InetAddress address;
  private final InetAddress host;

  Visitor(Topology topology, InetAddress address, InetAddress host) {
    this.topology = topology;
    this.address = address;
    this.host = host;
  }

  InetAddress address() {
    return address;
  }

  /** Connects to a port of the host; empty if it is not let in. */
  Optional<Session> connect(int port) {
    return connect(host, port);
  }

  /** Connects to a port; empty if it is not let in. */
  Optional<Session> connect(InetAddress destination, int port) {
    return Session.open(
        topology.outside(), Optional.of(new InetSocketAddress(address, 0)), destination, port);
  }
}
