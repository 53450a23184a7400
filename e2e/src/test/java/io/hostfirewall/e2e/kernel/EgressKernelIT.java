package io.hostfirewall.e2e.kernel;

import static io.hostfirewall.e2e.kernel.AnswersAssert.assertThat;
import static io.hostfirewall.e2e.kernel.Policies.WEB;
import static io.hostfirewall.e2e.kernel.Policies.policy;
import static io.hostfirewall.e2e.kernel.Policies.webServer;
import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.agent.transaction.Outcome;
import io.hostfirewall.e2e.kernel.Host.Fate;
import io.hostfirewall.e2e.lab.Listener;
import java.net.InetAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the host's own processes begin is judged where a policy says so, and nowhere else. */
@OnEveryBackEndAndFamily
class EgressKernelIT extends KernelTest {

  private static final int OPENED = 7000;
  private static final int OTHER = 7001;
  private static final int DNS = 53;
  private static final int TIMES = 5;
  private static final int EXCHANGES = 12;

  private Listener opened;
  private Listener other;
  private InetAddress outside;

  @BeforeEach
  void serve() {
    opened = new Listener(topology.outside(), OPENED);
    other = new Listener(topology.outside(), OTHER);
    outside = visitor().address();
  }

  @AfterEach
  void stop() {
    opened.close();
    other.close();
  }

  private static String closed(String action, String more) {
    return policy(
        "closed",
        """
        defaultActions: {egress: %s}
        egress:
        - name: backup
          action: Accept
          to: [{networks: [198.51.100.7/32, "2001:db8:7::7/128"]}]
          ports: [{protocol: TCP, port: 7000}, {protocol: UDP, port: 7000}]
        """
                .formatted(action)
            + more);
  }

  private String output() {
    return host.iptables("-S OUTPUT");
  }

  @Test
  void nothing_of_ours_stands_in_the_way_out_unless_a_policy_asks() {
    host.apply(webServer());

    assertThat(output()).doesNotContain("HFW");
    assertThat(host.rulesOfAll()).doesNotContain("HFW-OUTPUT");
    assertThat(host.knock(outside, OTHER)).isEqualTo(Fate.OPEN);
  }

  @Test
  void a_default_closes_the_way_out_but_for_what_rules_open() {
    host.apply(closed("Deny", ""));

    assertThat(host.knock(outside, OPENED)).isEqualTo(Fate.OPEN);
    assertThat(host.knock(outside, OTHER)).isEqualTo(Fate.SILENT);
    assertThat(host.sends(TIMES, outside, OPENED)).isEqualTo(TIMES);
    assertThat(host.sends(TIMES, outside, OTHER)).isZero();
    assertThat(host.sends(TIMES, attacker.address(), OPENED)).isZero();

    host.apply(closed("Reject", ""));
    assertThat(host.knock(outside, OPENED)).isEqualTo(Fate.OPEN);
    assertThat(host.knock(outside, OTHER)).isEqualTo(Fate.REFUSED);
  }

  @Test
  void a_rule_closes_something_where_the_default_is_open() {
    host.apply(
        policy(
            "no-telemetry",
            "egress: [{name: no, action: Deny, ports: [{protocol: UDP, port: 7001}]}]"));

    assertThat(host.sends(TIMES, outside, OTHER)).isZero();
    assertThat(host.sends(TIMES, outside, OPENED)).isEqualTo(TIMES);
  }

  @Test
  void a_rule_rejects_what_leaves_by_an_interface() {
    host.apply(policy("lan", "egress: [{name: lan, action: Reject, interfaces: [eth0]}]"));
    assertThat(host.knock(outside, OTHER)).isEqualTo(Fate.REFUSED);

    host.apply(policy("lan", "egress: [{name: lan, action: Reject, interfaces: [eth9]}]"));
    assertThat(host.knock(outside, OTHER)).isEqualTo(Fate.OPEN);
  }

  @Test
  void the_node_is_limited_as_a_whole() {
    host.apply(
        policy(
            "limited",
            "egress: [{name: few, action: Accept, ports: [{protocol: UDP, port: 7001}], rateLimit: {limit: 1, unit: Hour, burst: 3, per: Node}}]"));

    assertThat(host.sends(2, outside, OTHER)).isEqualTo(2);
    assertThat(host.sends(TIMES, attacker.address(), OTHER)).isEqualTo(1);
    assertThat(host.sends(TIMES, outside, OTHER)).isZero();
    assertThat(host.sends(TIMES, outside, OPENED)).isEqualTo(TIMES);
  }

  @Test
  void connections_that_stand_live_on_and_replies_leave() {
    host.listen(WEB);
    // From here on the kernel tracks connections.
    host.apply(webServer());
    try (var before = host.connect(outside, OTHER).orElseThrow()) {
      assertThat(before.isAlive()).isTrue();
      host.apply(
          closed(
              "Deny",
              "ingress: [{name: web, action: Accept, ports: [{protocol: TCP, port: 80}]}]\n"));

      assertThat(before.isAlive()).isTrue();
      assertThat(host.knock(outside, OTHER)).isEqualTo(Fate.SILENT);
      assertThat(attacker.connect(TIMES, WEB)).accepted(TIMES);
      assertThat(attacker.connect(TIMES, OTHER)).vanished();
    }
  }

  @Test
  void the_host_reaches_itself_and_its_pods() {
    host.listen(WEB);
    host.joinCluster();
    try (var _ = pod.listen(OTHER)) {
      host.apply(closed("Deny", ""));

      assertThat(host.knock(host.loopback(), WEB)).isEqualTo(Fate.OPEN);
      assertThat(host.knock(host.address(), WEB)).isEqualTo(Fate.OPEN);
      assertThat(host.knock(pod.address(), OTHER)).isEqualTo(Fate.OPEN);
    }
  }

  @Test
  void what_pods_send_is_no_matter_of_egress_rules() {
    host.joinCluster();
    host.apply(closed("Deny", ""));
    assertThat(pod.connect(31000, outside, OTHER)).map(Session::isAlive).contains(true);
    assertThat(host.knock(outside, OTHER)).isEqualTo(Fate.SILENT);
  }

  @Test
  void names_and_addresses_can_be_asked_for_under_every_policy() {
    var nameServer = client(53).address();
    host.apply(policy("closed", "defaultActions: {egress: Deny}"));

    assertThat(host.sends(TIMES, nameServer, DNS)).isEqualTo(TIMES);
    assertThat(host.sends(TIMES, nameServer, DNS + 1)).isZero();
    assertThat(host.sends(TIMES, attacker.address(), DNS)).isZero();
  }

  @Test
  void the_cluster_is_reached_under_every_policy() {
    host.joinCluster(neighbour.address(), outside);
    host.apply(policy("closed", "defaultActions: {egress: Deny}"));

    assertThat(host.sends(TIMES, neighbour.address(), OTHER)).isEqualTo(TIMES);
    assertThat(host.knock(outside, OTHER)).isEqualTo(Fate.OPEN);
    assertThat(host.sends(TIMES, attacker.address(), OTHER)).isZero();
  }

  @Test
  void neighbours_are_found_under_every_policy() {
    var gateway = host.gateway();
    host.apply(
        policy(
            "closed",
            """
            defaultActions: {egress: Deny}
            egress: [{name: gateway, action: Accept, to: [{networks: [192.0.2.254/32, "2001:db8:1::fe/128"]}], ports: [{protocol: TCP, port: 7000}]}]
            """));
    forget(gateway);
    assertThat(host.knock(gateway, OPENED)).isEqualTo(Fate.OPEN);

    // Control: IPv6 finds nobody once that is closed, and ARP is no matter of iptables.
    host.iptables("-I OUTPUT 1 -p " + setting.family().pick("icmp", "ipv6-icmp") + " -j DROP");
    forget(gateway);
    assertThat(host.knock(gateway, OPENED) == Fate.OPEN)
        .isEqualTo(setting.family().pick(true, false));
  }

  private void forget(InetAddress neighbour) {
    host.run("ip neigh del " + neighbour.getHostAddress() + " dev eth0");
  }

  @Test
  void the_way_out_is_free_again_once_no_policy_asks() {
    host.apply(closed("Deny", ""));
    assertThat(output()).contains("-j HFW-OUTPUT");
    assertThat(host.sends(TIMES, outside, OTHER)).isZero();

    host.apply(webServer());
    assertThat(output()).doesNotContain("HFW");
    assertThat(host.rulesOfAll()).doesNotContain("HFW-OUTPUT");
    assertThat(host.sends(TIMES, outside, OTHER)).isEqualTo(TIMES);
  }

  @Test
  void what_is_rolled_back_leaves_the_way_out_as_it_was() {
    host.apply(webServer());
    var open = host.rulesAtRest();
    host.tryInVain(closed("Deny", ""));
    assertThat(host.rulesAtRest()).isEqualTo(open);

    host.apply(closed("Deny", ""));
    var shut = host.rulesAtRest();
    host.tryInVain(webServer());
    assertThat(host.rulesAtRest()).isEqualTo(shut);
    assertThat(host.sends(TIMES, outside, OTHER)).isZero();
  }

  @Test
  void an_exchange_neither_leaks_nor_loses_what_the_host_sends() {
    host.apply(closed("Deny", ""));

    var seen =
        host.sendsDuring(
            () -> {
              for (int i = 1; i <= EXCHANGES; i++) {
                var other =
                    closed(
                        "Deny",
                        "- {name: more, action: Deny, ports: [{protocol: UDP, port: %d}]}\n"
                            .formatted(i));
                if (i % 3 == 0) {
                  host.tryInVain(other);
                } else {
                  host.apply(other);
                }
              }
            },
            outside,
            OPENED,
            OTHER);

    assertThat(seen.get(OPENED).tried()).isGreaterThan(100);
    assertThat(seen.get(OPENED).left()).as("none lost").isEqualTo(seen.get(OPENED).tried());
    assertThat(seen.get(OTHER).left()).as("none leaked").isZero();
  }

  @Test
  void a_naive_exchange_of_what_the_host_may_send_leaks() {
    var rule = "-A OUTPUT -p udp -m udp --dport %d -j DROP".formatted(OTHER);
    host.iptables(rule);

    var seen =
        host.sendsDuring(
            () -> {
              for (int i = 1; i <= EXCHANGES; i++) {
                host.iptables("-F OUTPUT");
                host.iptables(rule);
              }
            },
            outside,
            OTHER);

    assertThat(seen.get(OTHER).left()).as("control: leaked").isPositive();
    assertThat(seen.get(OTHER).left()).as("control: dropped").isLessThan(seen.get(OTHER).tried());
  }

  @Test
  void what_somebody_does_to_the_way_out_is_healed() {
    var policy = closed("Deny", "");
    host.apply(policy);
    var whole = host.rulesAtRest();

    host.iptables("-F OUTPUT");
    assertThat(host.sends(TIMES, outside, OTHER)).isEqualTo(TIMES);
    assertThat(host.firewall().heal(policy)).isInstanceOf(Outcome.Healed.class);
    assertThat(host.sends(TIMES, outside, OTHER)).isZero();
    assertThat(host.rulesAtRest()).isEqualTo(whole);
  }

  @Test
  void rules_of_ours_that_somebody_brought_back_go_again() {
    host.apply(webServer());
    host.iptables("-N HFW-OUTPUT");
    host.iptables("-A HFW-OUTPUT -p udp -j DROP");
    host.iptables("-A OUTPUT -j HFW-OUTPUT");
    assertThat(host.sends(TIMES, outside, OTHER)).isZero();

    assertThat(host.firewall().heal(webServer())).isInstanceOf(Outcome.Healed.class);
    assertThat(host.sends(TIMES, outside, OTHER)).isEqualTo(TIMES);
    assertThat(host.rulesOfAll()).doesNotContain("HFW-OUTPUT");
  }

  @Test
  void a_removal_leaves_nothing() {
    var before = host.rulesOfOthers();
    host.apply(closed("Deny", ""));

    host.remove();
    assertThat(host.rulesAtRest()).doesNotContain("HFW");
    assertThat(host.rulesOfOthers()).isEqualTo(before);
  }
}
