package io.hostfirewall.e2e.kernel;

import static io.hostfirewall.e2e.kernel.AnswersAssert.assertThat;
import static io.hostfirewall.e2e.kernel.Policies.WEB;
import static io.hostfirewall.e2e.kernel.Policies.policy;
import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.e2e.lab.Listener;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A policy that is only audited counts what it would do, and does nothing. */
@OnEveryBackEndAndFamily
class AuditKernelIT extends KernelTest {

  private static final int CLOSED = 8081;
  private static final int NODE_PORT = 30080;
  private static final int POD_PORT = 8080;
  private static final int TIMES = 5;

  @BeforeEach
  void serve() {
    host.listen(WEB, CLOSED);
  }

  private static String web(String enforcement) {
    return policy(
        "web",
        """
        enforcement: %s
        ingress:
        - name: not-him
          action: Deny
          from: [{networks: [203.0.113.66/32, "2001:db8:a:66::/64"]}]
          ports: [{protocol: TCP, port: 80}]
        - name: web
          action: Accept
          ports: [{protocol: TCP, port: 80}]
          rateLimit: {limit: 1, unit: Hour, burst: 3}
        - name: ping
          action: Accept
          icmp: [{type: EchoRequest}]
          rateLimit: {limit: 1, unit: Hour, burst: 2}
        """
            .formatted(enforcement));
  }

  private long counted(String comment) {
    return Rules.counted(host.rulesOfAll(), comment);
  }

  @Test
  void where_policies_are_only_audited_everything_passes_and_is_counted() {
    host.apply(web("Audit"));

    assertThat(attacker.connect(TIMES, WEB)).accepted(TIMES);
    assertThat(neighbour.connect(TIMES, WEB)).accepted(TIMES);
    assertThat(attacker.connect(TIMES, CLOSED)).accepted(TIMES);
    assertThat(attacker.datagrams(TIMES, CLOSED)).delivered(TIMES);
    assertThat(attacker.scan(TIMES, "", CLOSED)).delivered(TIMES);

    assertThat(counted("(audit Deny) web/not-him")).isEqualTo(TIMES);
    assertThat(counted("(audit Accept) web/web")).isEqualTo(3);
    assertThat(counted("(audit Deny) web/web")).isEqualTo(TIMES - 3);
    assertThat(counted("(audit Deny) (default) defaultActions.ingress")).isEqualTo(3 * TIMES);
    assertThat(Rules.dropped(host.rulesOfAll())).isZero();
  }

  @Test
  void what_was_counted_is_what_is_dropped_once_it_is_enforced() {
    host.apply(web("Audit"));
    speak();
    var default_ = counted("(audit Deny) (default) defaultActions.ingress");
    var limit = counted("(audit Deny) web/web");
    var him = counted("(audit Deny) web/not-him");
    var ping = counted("(audit Deny) web/ping");
    assertThat(ping).isEqualTo(TIMES - 2);
    assertThat(Rules.dropped(host.rulesOfAll())).isZero();

    host.apply(web("Enforce"));
    speak();
    assertThat(dropped("(default) defaultActions.ingress")).isEqualTo(default_);
    assertThat(dropped("web/web")).isEqualTo(limit);
    assertThat(dropped("web/not-him")).isEqualTo(him);
    assertThat(dropped("web/ping")).isEqualTo(ping);
  }

  private void speak() {
    attacker.connect(TIMES, WEB);
    neighbour.connect(TIMES, WEB);
    neighbour.connect(TIMES, CLOSED);
    neighbour.ping(TIMES);
  }

  private long dropped(String comment) {
    return Rules.dropped(host.rulesOfAll(), comment);
  }

  @Test
  void beside_a_policy_that_is_enforced_only_that_decides() {
    var enforced =
        policy(
            "enforced",
            """
            priority: 900
            ingress:
            - name: few
              action: Accept
              ports: [{protocol: TCP, port: 80}]
              rateLimit: {limit: 1, unit: Hour, burst: 4}
            """);
    host.apply(enforced, web("Audit"));

    assertThat(attacker.connect(TIMES, WEB)).accepted(4);
    assertThat(counted("(audit Deny) web/not-him")).isEqualTo(TIMES);
    assertThat(neighbour.connect(TIMES, WEB)).accepted(4);
    assertThat(counted("(audit Accept) web/web")).isEqualTo(3);
    assertThat(attacker.connect(TIMES, CLOSED)).vanished();
    assertThat(attacker.scan(TIMES, "", WEB)).vanished();
    assertThat(bystander.ping(TIMES)).echoed(0);
    assertThat(counted("(audit Deny) web/ping")).isEqualTo(TIMES - 2);
  }

  @Test
  void what_would_be_routed_translated_or_sent_is_counted_too() {
    host.joinCluster();
    host.iptables(
        "-t nat -A PREROUTING -p tcp -m tcp --dport %d -m addrtype --dst-type LOCAL -j DNAT --to-destination %s"
            .formatted(NODE_PORT, pod.socket(POD_PORT)));
    try (var _ = pod.listen(POD_PORT);
        var _ = new Listener(topology.outside(), POD_PORT)) {
      host.apply(
          policy(
              "tried",
              """
              enforcement: Audit
              ingress: [{name: node-port, action: Reject, ports: [{protocol: TCP, port: 30080}]}]
              forward: [{name: pods, action: Deny, ports: [{protocol: TCP, port: 8080}]}]
              egress: [{name: out, action: Deny, ports: [{protocol: UDP, port: 7001}]}]
              """));

      assertThat(attacker.connect(TIMES, NODE_PORT)).accepted(TIMES);
      assertThat(attacker.connect(TIMES, pod.address(), POD_PORT)).accepted(TIMES);
      assertThat(host.sends(TIMES, attacker.address(), 7001)).isEqualTo(TIMES);
      assertThat(host.sends(TIMES, attacker.address(), 7002)).isEqualTo(TIMES);
    }
    assertThat(counted("(audit Reject) tried/node-port")).isEqualTo(TIMES);
    assertThat(counted("(audit Deny) tried/pods")).isEqualTo(TIMES);
    assertThat(counted("(audit Deny) tried/out")).isEqualTo(TIMES);
  }
}
