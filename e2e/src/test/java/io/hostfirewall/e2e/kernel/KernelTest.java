package io.hostfirewall.e2e.kernel;

import io.hostfirewall.e2e.lab.Family;
import io.hostfirewall.e2e.lab.Topology;
import java.net.InetAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.params.Parameter;

/** A fresh host with its outside for each claim. */
abstract class KernelTest {

  @Parameter Setting setting;

  Topology topology;
  Host host;
  Pod pod;
  Client attacker;
  Client neighbour;
  Client bystander;

  /** A failure says where it was. */
  @RegisterExtension
  TestExecutionExceptionHandler placed =
      (context, failure) -> {
        var said = String.valueOf(failure.getMessage()).strip();
        throw new AssertionError(setting + ": " + said, failure);
      };

  @BeforeEach
  void make() {
    topology = new Topology();
    host = new Host(topology, setting);
    pod = new Pod(topology, setting.family());
    attacker = client(66);
    neighbour = client(77);
    bystander = client(88);
  }

  @AfterEach
  void destroy() {
    host.close();
    topology.close();
  }

  /** Somebody outside; in IPv6 each has a /64 of its own. */
  Client client(int number) {
    return client("203.0.113." + number, "2001:db8:a:" + number + "::1");
  }

  /** The same, in another family than the setting's. */
  Client client(Family family, int number) {
    return new Client(
        topology,
        InetAddress.ofLiteral(family.pick("203.0.113." + number, "2001:db8:a:" + number + "::1")),
        InetAddress.ofLiteral(family.pick("192.0.2.1", "2001:db8:1::1")));
  }

  Client client(String ipv4, String ipv6) {
    return new Client(
        topology, InetAddress.ofLiteral(setting.family().pick(ipv4, ipv6)), host.address());
  }

  /** An honest client with a kernel of its own. */
  Visitor visitor() {
    return new Visitor(
        topology,
        InetAddress.ofLiteral(setting.family().pick("198.51.100.7", "2001:db8:7::7")),
        host.address());
  }
}
