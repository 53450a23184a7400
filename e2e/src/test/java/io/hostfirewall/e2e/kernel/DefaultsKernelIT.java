package io.hostfirewall.e2e.kernel;

import static io.hostfirewall.e2e.kernel.AnswersAssert.assertThat;
import static io.hostfirewall.e2e.kernel.Policies.WEB;
import static io.hostfirewall.e2e.kernel.Policies.policy;
import static io.hostfirewall.e2e.kernel.Policies.webServer;
import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.e2e.lab.Flow;
import io.hostfirewall.e2e.lab.Listener;
import io.hostfirewall.e2e.lab.Packet;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What nobody opened is closed, and what the host itself begins is open. */
@OnEveryBackEndAndFamily
class DefaultsKernelIT extends KernelTest {

  private static final int CLOSED = 8081;

  @BeforeEach
  void serve() {
    host.listen(WEB, CLOSED);
  }

  @Test
  void without_rules_everything_is_open() {
    assertThat(attacker.connect(20, CLOSED)).accepted(20);
    assertThat(attacker.datagrams(20, CLOSED)).delivered(20).unreachable(20);
    assertThat(attacker.connect(20, pod.address(), CLOSED)).delivered(20).reset(20);
  }

  @Test
  void a_port_that_no_rule_names_is_closed_and_silent() {
    host.apply(webServer());

    assertThat(attacker.connect(20, CLOSED)).vanished();
    assertThat(attacker.connect(20, 9)).vanished();
    assertThat(attacker.datagrams(20, CLOSED)).vanished();
    assertThat(attacker.send(List.of(addressMaskOrNodeInformation()))).vanished();
  }

  /** An ICMP query that is no echo request. */
  private Packet addressMaskOrNodeInformation() {
    int type = setting.family().pick(13, 139);
    return Packet.icmp(attacker.address(), host.address(), type, 0, 0, new byte[12]);
  }

  @Test
  void a_stranger_cannot_route_through_the_host() {
    host.apply(webServer());

    assertThat(attacker.connect(20, pod.address(), CLOSED)).vanished();
  }

  @Test
  void the_host_reaches_the_outside_and_gets_its_replies() {
    host.apply(webServer());

    try (var _ = new Listener(topology.outside(), 7000);
        var session = host.connect(visitor().address(), 7000).orElseThrow()) {
      assertThat(session.isAlive()).isTrue();
    }
  }

  @Test
  void the_host_reaches_itself() {
    host.apply(webServer());

    for (var address : List.of(host.loopback(), host.address())) {
      try (var session = host.connect(address, CLOSED).orElseThrow()) {
        assertThat(session.isAlive()).isTrue();
      }
    }
  }

  @Test
  void deny_is_silent_and_reject_says_so() {
    var spec =
        """
        defaultActions: {ingress: %s}
        ingress:
        - {name: denied, action: Deny, ports: [{protocol: TCP, port: 8082}, {protocol: UDP, port: 8082}]}
        - {name: rejected, action: Reject, ports: [{protocol: TCP, port: 8083}, {protocol: UDP, port: 8083}]}
        """;
    host.apply(policy("silent", spec.formatted("Deny")));
    assertThat(attacker.connect(20, CLOSED)).vanished();
    assertThat(attacker.connect(20, 8082)).vanished();
    assertThat(attacker.datagrams(20, 8082)).vanished();
    assertThat(attacker.connect(20, 8083)).delivered(0).reset(20);
    assertThat(attacker.datagrams(20, 8083)).delivered(0).unreachable(20);

    host.apply(policy("silent", spec.formatted("Reject")));
    assertThat(attacker.connect(20, CLOSED)).delivered(0).reset(20);
    assertThat(attacker.datagrams(20, CLOSED)).delivered(0).unreachable(20);
    assertThat(attacker.connect(20, 8082)).vanished();
  }

  @Test
  void addresses_are_configured_whatever_the_rules() {
    var answer =
        setting
            .family()
            .pick(
                Packet.udp(new Flow(attacker.address(), 67, host.address(), 68)),
                Packet.udp(new Flow(attacker.address(), 547, host.address(), 546)));
    host.apply(webServer());

    assertThat(attacker.send(List.of(answer))).delivered(1);
  }
}
