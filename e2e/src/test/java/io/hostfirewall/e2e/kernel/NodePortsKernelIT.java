package io.hostfirewall.e2e.kernel;

import static io.hostfirewall.e2e.kernel.AnswersAssert.assertThat;
import static io.hostfirewall.e2e.kernel.Policies.policy;
import static io.hostfirewall.e2e.kernel.Policies.webServer;
import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.e2e.lab.Listener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Ports that the host translates, as kube-proxy does for NodePorts, are judged by the port that the
 * client spoke to.
 */
@OnEveryBackEndAndFamily
class NodePortsKernelIT extends KernelTest {

  private static final int NODE_PORT = 30080;
  private static final int TO_HOST = 30081;
  private static final int TO_LOOPBACK = 30082;
  private static final int POD_PORT = 8080;
  private static final int HOST_PORT = 9090;
  private static final int TIMES = 20;

  private Listener podServer;

  @BeforeEach
  void translate() {
    host.joinCluster();
    podServer = pod.listen(POD_PORT);
    host.listen(HOST_PORT);
    host.sysctl("ipv4.conf.all.route_localnet=1");
    for (var chain : new String[] {"PREROUTING", "OUTPUT"}) {
      host.iptables(translation(chain, NODE_PORT, pod.socket(POD_PORT)));
      host.iptables(translation(chain, TO_HOST, host.socket(HOST_PORT)));
    }
    // A pod's way out, to itself by way of a NodePort, and the host's from its loopback address.
    host.iptables("-t nat -A POSTROUTING -s " + pod.network() + " -o eth0 -j MASQUERADE");
    host.iptables(
        "-t nat -A POSTROUTING -s " + pod.network() + " -d " + pod.network() + " -j MASQUERADE");
    host.iptables(
        "-t nat -A POSTROUTING -s " + host.loopback().getHostAddress() + " -o cni0 -j MASQUERADE");
  }

  private static String translation(String chain, int port, String to) {
    return "-t nat -A %s -p tcp -m tcp --dport %d -m addrtype --dst-type LOCAL -j DNAT --to-destination %s"
        .formatted(chain, port, to);
  }

  @AfterEach
  void stop() {
    podServer.close();
  }

  private static String opening(int port) {
    return policy(
        "opening",
        "ingress: [{name: opened, action: Accept, ports: [{protocol: TCP, port: %d}]}]"
            .formatted(port));
  }

  @Test
  void without_rules_node_ports_and_pods_are_open() {
    assertThat(attacker.connect(TIMES, NODE_PORT)).accepted(TIMES);
    assertThat(attacker.connect(TIMES, TO_HOST)).accepted(TIMES);
    assertThat(attacker.connect(TIMES, pod.address(), POD_PORT)).accepted(TIMES);
  }

  @Test
  void a_node_port_that_no_rule_names_is_closed() {
    host.apply(webServer());

    assertThat(attacker.connect(TIMES, NODE_PORT)).vanished();
    assertThat(attacker.connect(TIMES, TO_HOST)).vanished();
  }

  @Test
  void a_rule_for_its_port_opens_a_node_port_and_no_other() {
    host.apply(opening(NODE_PORT));

    assertThat(attacker.connect(TIMES, NODE_PORT)).accepted(TIMES);
    assertThat(attacker.connect(TIMES, TO_HOST)).vanished();
    assertThat(attacker.connect(TIMES, pod.address(), POD_PORT)).vanished();
    assertThat(visitor().connect(NODE_PORT)).map(Session::isAlive).contains(true);
  }

  @Test
  void a_rule_for_its_port_opens_a_node_port_whose_backend_is_on_the_host() {
    host.apply(opening(TO_HOST));

    assertThat(attacker.connect(TIMES, TO_HOST)).accepted(TIMES);
    assertThat(attacker.connect(TIMES, HOST_PORT)).vanished();
    assertThat(attacker.connect(TIMES, NODE_PORT)).vanished();
  }

  /** Only IPv4 has a way from outside to the loopback network, and only if the host allows it. */
  @Test
  void a_port_translated_to_the_loopback_is_judged_by_its_own_number() {
    int possible = setting.family().pick(TIMES, 0);
    host.iptables(translation("PREROUTING", TO_LOOPBACK, host.loopbackSocket(HOST_PORT)));
    assertThat(attacker.connect(TIMES, TO_LOOPBACK).accepted()).isEqualTo(possible);

    host.apply(webServer());
    assertThat(attacker.connect(TIMES, TO_LOOPBACK)).vanished();

    host.apply(opening(TO_LOOPBACK));
    assertThat(attacker.connect(TIMES, TO_LOOPBACK).accepted()).isEqualTo(possible);
  }

  @Test
  void a_rule_for_the_port_behind_opens_no_node_port() {
    host.apply(opening(POD_PORT), opening(HOST_PORT).replace("name: opening", "name: other"));

    assertThat(attacker.connect(TIMES, NODE_PORT)).vanished();
    assertThat(attacker.connect(TIMES, TO_HOST)).vanished();
    assertThat(attacker.connect(TIMES, HOST_PORT)).accepted(TIMES);
  }

  @Test
  void a_node_port_is_limited_per_source() {
    host.apply(
        policy(
            "limited",
            """
            ingress:
            - name: node-ports
              action: Accept
              ports: [{protocol: TCP, port: 30000, endPort: 32767}]
              rateLimit: {limit: 1, unit: Minute, burst: 3}
            """));

    assertThat(attacker.connect(TIMES, NODE_PORT)).accepted(3);
    assertThat(attacker.connect(TIMES, TO_HOST)).vanished();
    assertThat(neighbour.connect(TIMES, TO_HOST)).accepted(3);
  }

  @Test
  void a_node_port_can_be_rejected() {
    host.apply(
        policy(
            "rejecting",
            "ingress: [{name: no, action: Reject, ports: [{protocol: TCP, port: %d}, {protocol: TCP, port: %d}]}]"
                .formatted(NODE_PORT, TO_HOST)));

    assertThat(attacker.connect(TIMES, NODE_PORT)).delivered(0).reset(TIMES);
    assertThat(attacker.connect(TIMES, TO_HOST)).delivered(0).reset(TIMES);
  }

  @Test
  void the_host_itself_reaches_its_node_ports() {
    host.apply(webServer());

    // In IPv6 there is no way from ::1 to another address.
    var own = setting.family().pick(host.loopback(), host.address());
    assertThat(host.connect(own, NODE_PORT)).map(Session::isAlive).contains(true);
    assertThat(host.connect(own, TO_HOST)).map(Session::isAlive).contains(true);
  }

  @Test
  void a_pod_reaches_the_outside_and_its_host() {
    host.apply(webServer());

    try (var _ = new Listener(topology.outside(), 7000)) {
      // Masquerading keeps the source port, which lies among the NodePorts.
      assertThat(pod.connect(31000, visitor().address(), 7000))
          .map(Session::isAlive)
          .contains(true);
    }
    assertThat(pod.connect(31001, host.address(), HOST_PORT)).map(Session::isAlive).contains(true);
    assertThat(pod.connect(31002, host.address(), NODE_PORT)).map(Session::isAlive).contains(true);
  }

  @Test
  void a_stranger_does_not_reach_a_pod_past_the_node_ports() {
    host.apply(webServer());

    assertThat(attacker.connect(TIMES, pod.address(), POD_PORT)).vanished();
    assertThat(attacker.connect(TIMES, pod.address(), NODE_PORT)).vanished();
  }
}
