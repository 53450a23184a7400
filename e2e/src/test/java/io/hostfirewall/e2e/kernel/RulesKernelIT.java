package io.hostfirewall.e2e.kernel;

import static io.hostfirewall.e2e.kernel.AnswersAssert.assertThat;
import static io.hostfirewall.e2e.kernel.Policies.WEB;
import static io.hostfirewall.e2e.kernel.Policies.policy;
import static io.hostfirewall.e2e.kernel.Policies.webServer;

import io.hostfirewall.e2e.lab.Packet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A rule says who may do what, and the first that fits decides. */
@OnEveryBackEndAndFamily
class RulesKernelIT extends KernelTest {

  private static final int TIMES = 5;

  @Test
  void ports_of_a_range_are_open_and_their_neighbours_closed() {
    host.listen(8000, 8001, 8010, 8011);
    host.apply(
        policy(
            "range",
            """
            ingress:
            - name: range
              action: Accept
              ports:
              - {protocol: TCP, port: 8001, endPort: 8010}
              - {protocol: UDP, port: 8001, endPort: 8010}
              - {protocol: SCTP, port: 8001, endPort: 8010}
            """));

    assertThat(attacker.connect(TIMES, 8000)).vanished();
    assertThat(attacker.connect(TIMES, 8001)).accepted(TIMES);
    assertThat(attacker.connect(TIMES, 8010)).accepted(TIMES);
    assertThat(attacker.connect(TIMES, 8011)).vanished();
    assertThat(attacker.datagrams(TIMES, 8001)).delivered(TIMES);
    assertThat(attacker.datagrams(TIMES, 8011)).vanished();
    assertThat(attacker.associate(TIMES, 8001)).delivered(TIMES);
    assertThat(attacker.associate(TIMES, 8011)).vanished();
  }

  @Test
  void networks_are_let_in_but_for_their_exceptions() {
    host.listen(WEB);
    host.apply(
        policy(
            "office",
            """
            ingress:
            - name: office
              action: Accept
              from:
              - networks: [203.0.113.0/24, "2001:db8:a::/48"]
                except: [203.0.113.66/32, "2001:db8:a:66::/64"]
              ports: [{protocol: TCP, port: 80}]
            """));

    assertThat(neighbour.connect(TIMES, WEB)).accepted(TIMES);
    assertThat(attacker.connect(TIMES, WEB)).vanished();
    assertThat(client("198.51.100.9", "2001:db8:b::9").connect(TIMES, WEB)).vanished();
  }

  @Test
  void the_first_rule_that_fits_decides_and_priority_orders_policies() {
    host.listen(WEB);
    var block =
        """
        priority: %d
        ingress:
        - name: block
          action: Deny
          from: [{networks: [203.0.113.66/32, "2001:db8:a:66::/64"]}]
        """;
    host.apply(webServer(), policy("block", block.formatted(100)));
    assertThat(attacker.connect(TIMES, WEB)).vanished();
    assertThat(neighbour.connect(TIMES, WEB)).accepted(TIMES);

    host.apply(webServer(), policy("block", block.formatted(900)));
    assertThat(attacker.connect(TIMES, WEB)).accepted(TIMES);
  }

  @Test
  void icmp_is_opened_by_name_in_both_families_and_by_number_in_one() {
    host.apply(
        policy(
            "icmp",
            """
            ingress:
            - {name: ping, action: Accept, icmp: [{type: EchoRequest}]}
            - {name: more, action: Accept, icmp: [{type: "13", family: IPv4}, {type: "139", family: IPv6}]}
            """));

    assertThat(attacker.ping(TIMES)).echoed(TIMES);
    assertThat(attacker.send(List.of(query(setting.family().pick(13, 139))))).delivered(1);
    assertThat(attacker.send(List.of(query(setting.family().pick(17, 200))))).vanished();
  }

  private Packet query(int type) {
    return Packet.icmp(attacker.address(), host.address(), type, 0, 7, new byte[12]);
  }

  @Test
  void the_cluster_trusts_its_nodes_and_nobody_else() {
    host.listen(10250, 9999);
    host.joinCluster(neighbour.address(), bystander.address());
    host.apply(webServer());

    assertThat(neighbour.connect(TIMES, 9999)).accepted(TIMES);
    assertThat(neighbour.connect(TIMES, 10250)).accepted(TIMES);
    assertThat(neighbour.connect(TIMES, pod.address(), 9999)).reset(TIMES);
    assertThat(bystander.connect(TIMES, 10250)).accepted(TIMES);
    assertThat(bystander.connect(TIMES, 9999)).vanished();
    assertThat(attacker.connect(TIMES, 10250)).vanished();
    assertThat(attacker.connect(TIMES, 9999)).vanished();
  }

  @Test
  void etcd_stays_open_to_the_control_plane_under_every_policy() {
    host.listen(2379, 2380, 2381);
    host.joinControlPlane(neighbour.address(), bystander.address());
    host.apply(
        policy(
            "closed",
            "ingress: [{name: nobody, action: Deny, from: [{networks: [203.0.113.0/24, \"2001:db8:a::/48\"]}]}]"));

    assertThat(bystander.connect(TIMES, 2379)).accepted(TIMES);
    assertThat(bystander.connect(TIMES, 2380)).accepted(TIMES);
    assertThat(bystander.connect(TIMES, 2381)).vanished();
    assertThat(neighbour.connect(TIMES, 2379)).vanished();
    assertThat(attacker.connect(TIMES, 2379)).vanished();
  }

  @Test
  void the_api_server_stays_open_under_every_policy() {
    host.listen(6443);
    host.joinCluster();
    host.apply(policy("closed", "ingress: [{name: nobody, action: Deny}]"));

    assertThat(attacker.connect(TIMES, 6443)).accepted(TIMES);
    assertThat(attacker.connect(TIMES, 6444)).vanished();
  }
}
