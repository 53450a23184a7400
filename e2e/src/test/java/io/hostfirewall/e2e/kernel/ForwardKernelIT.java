package io.hostfirewall.e2e.kernel;

import static io.hostfirewall.e2e.kernel.AnswersAssert.assertThat;
import static io.hostfirewall.e2e.kernel.Policies.policy;
import static org.awaitility.Awaitility.await;

import io.hostfirewall.e2e.lab.Listener;
import io.hostfirewall.e2e.lab.Packet;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What enters by an uplink and is routed on is judged by forward rules. */
@OnEveryBackEndAndFamily
class ForwardKernelIT extends KernelTest {

  private static final int OPENED = 8080;
  private static final int OTHER = 8081;
  private static final int NODE_PORT = 30080;
  private static final int TIMES = 5;

  private final List<Integer> ports = List.of(OPENED, OTHER);
  private List<Listener> servers = List.of();

  @BeforeEach
  void serve() {
    servers = ports.stream().map(pod::listen).toList();
    host.listen(OPENED);
  }

  @AfterEach
  void stop() {
    servers.forEach(Listener::close);
  }

  private static String forward(String rules) {
    return policy("routed", "forward:\n" + rules);
  }

  private static final String OPENING =
      """
      - name: web
        action: Accept
        from: [{networks: [203.0.113.0/24, "2001:db8:a::/48"], except: [203.0.113.66/32, "2001:db8:a:66::/64"]}]
        to: [{networks: [10.42.0.2/32, "fd42::2/128"]}]
        ports: [{protocol: TCP, port: 8080}, {protocol: UDP, port: 8080}]
      """;

  @Test
  void a_rule_opens_a_port_of_somebody_behind_the_host_to_some() {
    assertThat(neighbour.connect(TIMES, pod.address(), OTHER)).accepted(TIMES);

    host.apply(forward(OPENING));
    assertThat(neighbour.connect(TIMES, pod.address(), OPENED)).accepted(TIMES);
    assertThat(neighbour.connect(TIMES, pod.address(), OTHER)).vanished();
    assertThat(attacker.connect(TIMES, pod.address(), OPENED)).vanished();
    assertThat(neighbour.connect(TIMES, OPENED)).vanished();
  }

  @Test
  void a_rule_about_one_destination_opens_no_other() {
    topology
        .pod()
        .run(
            setting
                .family()
                .pick("ip addr add 10.42.0.3/24 dev eth0", "ip addr add fd42::3/64 dev eth0 nodad")
                .split(" "));
    var second = InetAddress.ofLiteral(setting.family().pick("10.42.0.3", "fd42::3"));
    // The kernel joins the group in which an address of IPv6 is asked for a moment after it has it.
    var ping = List.of("ping", "-c", "1", "-W", "1", second.getHostAddress());
    await().until(() -> topology.host().attempt(ping, "").exit() == 0);
    assertThat(neighbour.connect(TIMES, second, OPENED)).accepted(TIMES);

    host.apply(forward(OPENING));
    assertThat(neighbour.connect(TIMES, second, OPENED)).vanished();
  }

  @Test
  void an_ingress_rule_opens_nothing_that_is_routed() {
    host.apply(
        policy(
            "host",
            "ingress: [{name: web, action: Accept, ports: [{protocol: TCP, port: 8080}]}]"));

    assertThat(neighbour.connect(TIMES, OPENED)).accepted(TIMES);
    assertThat(neighbour.connect(TIMES, pod.address(), OPENED)).vanished();
  }

  @Test
  void what_no_rule_covers_meets_the_default_of_forward() {
    var denying = "forward: [{name: no, action: Deny, ports: [{protocol: TCP, port: 8080}]}]\n";
    host.apply(policy("open", "defaultActions: {forward: Accept}\n" + denying));
    assertThat(attacker.connect(TIMES, pod.address(), OPENED)).vanished();
    assertThat(attacker.connect(TIMES, pod.address(), OTHER)).accepted(TIMES);

    host.apply(policy("refusing", "defaultActions: {forward: Reject}\n" + denying));
    assertThat(attacker.connect(TIMES, pod.address(), OPENED)).vanished();
    assertThat(attacker.connect(TIMES, pod.address(), OTHER)).delivered(0).reset(TIMES);
  }

  @Test
  void a_source_is_limited_in_what_is_routed() {
    host.apply(
        forward(
            """
            - name: web
              action: Accept
              ports: [{protocol: TCP, port: 8080, endPort: 8081}]
              rateLimit: {limit: 1, unit: Hour, burst: 3}
            - name: ping
              action: Accept
              icmp: [{type: EchoRequest}]
              rateLimit: {limit: 1, unit: Hour, burst: 2}
            """));

    assertThat(attacker.connect(TIMES, pod.address(), OPENED)).accepted(3);
    assertThat(attacker.connect(TIMES, pod.address(), OTHER)).vanished();
    assertThat(neighbour.connect(TIMES, pod.address(), OTHER)).accepted(3);
    assertThat(attacker.send(pings(TIMES))).echoed(2);
  }

  /** Of one ping program, whose packets are one connection to the kernel. */
  private List<Packet> pings(int times) {
    return IntStream.rangeClosed(1, times)
        .mapToObj(sequence -> Packet.echo(attacker.address(), pod.address(), 7, sequence))
        .toList();
  }

  @Test
  void the_cluster_is_stopped_only_by_a_rule_that_names_it() {
    host.joinCluster(neighbour.address(), bystander.address());
    var denied = "{name: %s, action: Deny, %sports: [{protocol: TCP, port: %d}]}";
    host.apply(
        policy(
            "closed",
            "forward: [%s, %s]"
                .formatted(
                    denied.formatted("anyone", "", OPENED),
                    denied.formatted(
                        "named",
                        "from: [{networks: [203.0.113.77/32, \"2001:db8:a:77::1/128\"]}], ",
                        OTHER))));

    assertThat(neighbour.connect(TIMES, pod.address(), OPENED)).accepted(TIMES);
    assertThat(neighbour.connect(TIMES, pod.address(), OTHER)).vanished();
    assertThat(attacker.connect(TIMES, pod.address(), OPENED)).vanished();
  }

  @Test
  void a_node_port_is_no_matter_of_forward_rules() {
    host.joinCluster();
    host.iptables(
        "-t nat -A PREROUTING -p tcp -m tcp --dport %d -m addrtype --dst-type LOCAL -j DNAT --to-destination %s"
            .formatted(NODE_PORT, pod.socket(OPENED)));
    assertThat(neighbour.connect(TIMES, NODE_PORT)).accepted(TIMES);

    host.apply(forward(OPENING));
    assertThat(neighbour.connect(TIMES, NODE_PORT)).vanished();
    assertThat(neighbour.connect(TIMES, pod.address(), OPENED)).accepted(TIMES);
  }
}
