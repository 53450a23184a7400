package io.hostfirewall.e2e.kernel;

import static io.hostfirewall.e2e.kernel.Policies.WEB;
import static io.hostfirewall.e2e.kernel.Policies.webServer;
import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.e2e.lab.Listener;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Hosts on one link find each other, which in IPv6 is ICMP and would fall to a default of deny. */
@OnEveryBackEndAndFamily
class NeighboursKernelIT extends KernelTest {

  @BeforeEach
  void serve() {
    host.listen(WEB);
  }

  private void forgetNeighbours() {
    topology.outside().ip("neigh del " + host.address().getHostAddress() + " dev eth0");
    topology.host().ip("neigh del " + host.gateway().getHostAddress() + " dev eth0");
  }

  @Test
  void neighbours_are_found_under_a_default_of_deny() {
    host.apply(webServer());
    forgetNeighbours();

    assertThat(visitor().connect(WEB)).map(Session::isAlive).contains(true);
  }

  @Test
  void a_host_finds_its_neighbours_under_a_default_of_deny() {
    host.apply(webServer());
    forgetNeighbours();

    try (var _ = new Listener(topology.outside(), 7000)) {
      assertThat(host.connect(host.gateway(), 7000)).map(Session::isAlive).contains(true);
    }
  }

  @Test
  void without_rules_neighbours_are_found() {
    forgetNeighbours();
    assertThat(visitor().connect(WEB)).map(Session::isAlive).contains(true);
  }

  @Test
  void without_room_for_neighbour_discovery_ipv6_is_lost() {
    host.iptables("-A INPUT -i lo -j ACCEPT");
    host.iptables("-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT");
    host.iptables("-A INPUT -p tcp -m tcp --dport 80 -j ACCEPT");
    host.iptables("-A INPUT -j DROP");
    forgetNeighbours();

    assertThat(visitor().connect(WEB).isPresent()).isEqualTo(setting.family().pick(true, false));
  }
}
