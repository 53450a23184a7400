package io.hostfirewall.e2e.kernel;

import static io.hostfirewall.e2e.kernel.AnswersAssert.assertThat;
import static io.hostfirewall.e2e.kernel.Policies.SSH;
import static io.hostfirewall.e2e.kernel.Policies.WEB;
import static io.hostfirewall.e2e.kernel.Policies.policy;
import static org.assertj.core.api.Assertions.assertThat;

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
