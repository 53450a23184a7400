package io.hostfirewall.e2e.kernel;

import static io.hostfirewall.e2e.kernel.AnswersAssert.assertThat;
import static io.hostfirewall.e2e.kernel.Policies.SSH;
import static io.hostfirewall.e2e.kernel.Policies.WEB;
import static io.hostfirewall.e2e.kernel.Policies.policy;
import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.e2e.lab.Flow;
import io.hostfirewall.e2e.lab.Packet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each field of a rule decides about real packets: one that must pass, and one that must not. */
@OnEveryBackEndAndFamily
class FieldsKernelIT extends KernelTest {

  private static final int TIMES = 5;

  @Test
  void interfaces_narrow_a_rule_to_packets_that_come_by_them() {
    host.listen(WEB);
    var onlyOn =
        """
        defaultActions: {ingress: Reject}
        ingress:
        - {name: lan, action: Reject, interfaces: [lan7, "%s"]}
        - {name: web, action: Accept, ports: [{protocol: TCP, port: 80}]}
        """;

    host.apply(policy("interfaces", onlyOn.formatted("eth*")));
    assertThat(attacker.connect(TIMES, WEB)).reset(TIMES).delivered(0);
    assertThat(pod.connect(30_000, host.address(), WEB)).isPresent();

    host.apply(policy("interfaces", onlyOn.formatted("cni0")));
    assertThat(attacker.connect(TIMES, WEB)).accepted(TIMES);
    assertThat(pod.connect(30_001, host.address(), WEB)).isEmpty();
  }

  @Test
  void protocols_are_opened_one_by_one() {
    var esp = List.of(Packet.esp(attacker.address(), host.address()));
    var ah = List.of(Packet.ah(attacker.address(), host.address()));
    var rule = "ingress: [{name: vpn, action: Accept, protocols: [%d, 4]}]";
    assertThat(attacker.send(ah)).as("without rules").delivered(1);

    host.apply(policy("vpn", rule.formatted(50)));
    assertThat(attacker.send(esp)).delivered(1);
    assertThat(attacker.send(ah)).vanished();

    host.apply(policy("vpn", rule.formatted(51)));
    assertThat(attacker.send(esp)).vanished();
    assertThat(attacker.send(ah)).delivered(1);
  }

  @Test
  void connections_of_a_source_are_counted_over_all_that_a_rule_is_about() {
    host.listen(WEB);
    host.apply(policy("crowd", limitedWeb(3)));

    assertThat(attacker.connect(2, WEB)).accepted(2);
    assertThat(attacker.datagrams(TIMES, WEB)).delivered(1);
    assertThat(attacker.connect(TIMES, WEB)).vanished();
    assertThat(neighbour.connect(TIMES, WEB)).accepted(3);
    assertThat(client("203.0.113.67", "2001:db8:a:66::2").connect(TIMES, WEB))
        .accepted(setting.family().pick(3, 0));
  }

  @Test
  void a_connection_that_ends_makes_room_for_another() {
    host.listen(WEB);
    host.apply(policy("crowd", limitedWeb(1)));

    for (int i = 0; i < TIMES; i++) {
      try (var session = visitor().connect(WEB).orElseThrow()) {
        assertThat(session.isAlive()).isTrue();
      }
    }
  }

  private static final String LOGGED =
      """
      logging: {perMinute: 1}
      ingress:
      - name: web
        action: Accept
        ports: [{protocol: TCP, port: 80}]
        rateLimit: {limit: 1, unit: Minute, burst: 2}
        logging: {perMinute: 3}
      - {name: ssh, action: Accept, ports: [{protocol: TCP, port: 40230}]}
      egress:
      - name: everything
        action: Accept
        rateLimit: {limit: 1000, unit: Second, burst: 1000, per: Node}
        logging: {perMinute: 1}
      """;

  @Test
  void what_a_rule_decides_is_logged_with_its_name_and_no_more_than_asked_for() {
    host.listen(SSH, WEB);
    try (var log = host.logToGroup(5)) {
      host.apply(policy("p", LOGGED));

      assertThat(attacker.connect(TIMES, WEB)).accepted(2);
      assertThat(host.logged(log))
          .containsExactly("hfw p/web Accept", "hfw p/web Accept", "hfw p/web Deny");
      assertThat(attacker.connect(TIMES, SSH)).accepted(TIMES);
      assertThat(host.logged(log)).isEmpty();
      assertThat(attacker.connect(TIMES, 9999)).vanished();
      assertThat(host.logged(log)).containsExactly("hfw default#ingress Deny");
    }
  }

  @Test
  void the_kernels_log_is_written_by_rules_that_decide_the_same() {
    host.listen(WEB);
    host.apply(policy("p", LOGGED));

    assertThat(attacker.connect(TIMES, WEB)).accepted(2);
    assertThat(attacker.connect(TIMES, 9999)).vanished();
  }

  @Test
  void the_reverse_path_is_checked_as_strictly_as_asked_for() {
    host.listen(WEB);
    var reachedElsewhere = client("10.42.0.9", "fd42::9");
    var reachedNowhere = client("198.51.100.9", "2001:db8:b::9");
    host.run("ip route add unreachable " + reachedNowhere.address().getHostAddress());
    var spec =
        """
        protections: {reversePath: %s}
        ingress: [{name: web, action: Accept, ports: [{protocol: TCP, port: 80}]}]
        """;

    host.apply(policy("path", spec.formatted("Disabled")));
    assertThat(reachedElsewhere.connect(TIMES, WEB)).delivered(TIMES);
    assertThat(reachedNowhere.connect(TIMES, WEB)).delivered(TIMES);

    host.apply(policy("path", spec.formatted("Loose")));
    assertThat(reachedElsewhere.connect(TIMES, WEB)).delivered(TIMES);
    assertThat(reachedNowhere.connect(TIMES, WEB)).vanished();

    host.apply(policy("path", spec.formatted("Strict")));
    assertThat(reachedElsewhere.connect(TIMES, WEB)).vanished();
    assertThat(reachedElsewhere.send(List.of(dhcpFrom(reachedElsewhere)))).delivered(1);
    assertThat(attacker.connect(TIMES, WEB)).accepted(TIMES);
    assertThat(pod.connect(30_000, host.address(), WEB)).isPresent();
  }

  @Test
  void nodes_that_are_not_trusted_reach_what_the_cluster_needs_and_pods() {
    host.listen(179, 9999, 10250);
    host.joinCluster(neighbour.address(), bystander.address());
    host.apply(policy("zero", "trustNodes: false"));

    assertThat(neighbour.connect(TIMES, 9999)).vanished();
    assertThat(neighbour.datagrams(TIMES, 9999)).vanished();
    assertThat(neighbour.connect(TIMES, 179)).accepted(TIMES);
    assertThat(neighbour.connect(TIMES, 10250)).accepted(TIMES);
    assertThat(neighbour.datagrams(TIMES, 8472)).delivered(TIMES);
    assertThat(neighbour.ping(TIMES)).echoed(TIMES);
    assertThat(neighbour.connect(TIMES, pod.address(), 9999)).reset(TIMES);
    assertThat(bystander.connect(TIMES, 10250)).accepted(TIMES);
    assertThat(attacker.connect(TIMES, 179)).vanished();
    assertThat(pod.connect(30_000, host.address(), 9999)).isPresent();
  }

  private Packet dhcpFrom(Client server) {
    int from = setting.family().pick(67, 547);
    int to = setting.family().pick(68, 546);
    return Packet.udp(new Flow(server.address(), from, host.address(), to), (byte) 1);
  }

  private static String limitedWeb(int connections) {
    return """
        ingress:
        - name: web
          action: Accept
          ports: [{protocol: TCP, port: 80}, {protocol: UDP, port: 80}]
          connectionLimit: {perSource: %d}
        """
        .formatted(connections);
  }

  @Test
  void a_limit_of_the_node_is_shared_by_all_sources() {
    host.listen(SSH);
    host.apply(
        policy(
            "node",
            """
            ingress:
            - name: ssh
              action: Accept
              ports: [{protocol: TCP, port: 40230}]
              rateLimit: {limit: 1, unit: Minute, burst: 3, per: Node}
            """));

    assertThat(attacker.connect(2, SSH)).accepted(2);
    assertThat(neighbour.connect(TIMES, SSH)).accepted(1);
    assertThat(attacker.connect(TIMES, SSH)).vanished();
  }
}
