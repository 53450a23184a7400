package io.hostfirewall.e2e.kernel;

import static io.hostfirewall.e2e.kernel.AnswersAssert.assertThat;
import static io.hostfirewall.e2e.kernel.Policies.SSH;
import static io.hostfirewall.e2e.kernel.Policies.WEB;
import static io.hostfirewall.e2e.kernel.Policies.WEB_TLS;
import static io.hostfirewall.e2e.kernel.Policies.policy;
import static io.hostfirewall.e2e.kernel.Policies.webServer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every source has a budget, and nobody spends another's. */
@OnEveryBackEndAndFamily
class LimitsKernelIT extends KernelTest {

  /** 60 a minute. */
  private static final Duration PER_TOKEN = Duration.ofSeconds(1);

  @BeforeEach
  void serve() {
    host.listen(SSH, WEB, WEB_TLS);
  }

  @Test
  void without_rules_nothing_is_limited() {
    assertThat(attacker.connect(20, SSH)).accepted(20);
    assertThat(attacker.ping(30)).echoed(30);
    assertThat(attacker.pingWithNewIds(30)).echoed(30);
    assertThat(attacker.connect(800, WEB)).accepted(800);
  }

  @Test
  void a_second_source_keeps_its_budget_while_the_first_is_limited() {
    host.apply(webServer());

    assertThat(attacker.connect(20, SSH)).accepted(1);
    assertThat(neighbour.connect(20, SSH)).accepted(1);
  }

  @Test
  void a_ping_is_limited_though_it_is_one_flow() {
    host.apply(webServer());

    assertThat(attacker.ping(30)).echoed(10);
    assertThat(neighbour.ping(30)).echoed(10);
  }

  @Test
  void pings_with_new_ids_share_the_budget() {
    host.apply(webServer());

    assertThat(attacker.pingWithNewIds(30)).echoed(10);
    assertThat(neighbour.pingWithNewIds(30)).echoed(10);
  }

  @Test
  void the_web_is_limited_per_source_over_both_ports() {
    host.apply(webServer());

    long start = System.nanoTime();
    assertThat(attacker.connect(800, WEB)).acceptedBurst(500, PER_TOKEN, start);
    assertThat(attacker.connect(100, WEB_TLS)).acceptedBurst(0, PER_TOKEN, start);
    assertThat(neighbour.connect(800, WEB_TLS)).acceptedBurst(500, PER_TOKEN, start);
    assertThat(bystander.connect(1, WEB)).accepted(1);
  }

  @Test
  void a_reload_hands_out_no_fresh_budget() {
    host.apply(webServer());
    assertThat(attacker.connect(20, SSH)).accepted(1);

    host.apply(webServer(), policy("other", openPort(9000)));
    host.apply(webServer());
    assertThat(attacker.connect(20, SSH)).vanished();
    assertThat(neighbour.connect(20, SSH)).accepted(1);
  }

  @Test
  void a_naive_reload_hands_out_a_fresh_budget() {
    for (int i = 0; i < 2; i++) {
      host.iptables("-F INPUT");
      host.iptables(
          "-A INPUT -p tcp -m hashlimit --hashlimit-above 1/min --hashlimit-burst 1"
              + " --hashlimit-mode srcip --hashlimit-name naive -j DROP");
      assertThat(attacker.connect(20, SSH)).accepted(1);
    }
  }

  @Test
  void a_changed_limit_is_really_enforced() {
    host.apply(policy("ssh", limitedSsh(1, 1)));
    assertThat(attacker.connect(20, SSH)).accepted(1);

    host.apply(policy("ssh", limitedSsh(1, 5)));
    assertThat(attacker.connect(20, SSH)).accepted(5);

    host.apply(policy("ssh", limitedSsh(1, 3)));
    assertThat(neighbour.connect(20, SSH)).accepted(3);
  }

  @Test
  void a_source_that_keeps_trying_is_let_in_at_the_rate_and_no_faster() {
    host.apply(policy("ssh", limitedSsh(30, 1)));
    long start = System.nanoTime();
    assertThat(attacker.connect(20, SSH)).accepted(1);

    await()
        .atMost(Duration.ofSeconds(5))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> attacker.connect(1, SSH).accepted() == 1);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(1900));
    assertThat(attacker.connect(20, SSH)).vanished();
  }

  @Test
  void a_source_is_remembered_until_its_budget_is_full_again() {
    host.apply(webServer());
    attacker.connect(20, SSH);
    attacker.ping(30);
    attacker.connect(600, WEB);

    // Burst divided by rate: 1 min, 10 min, 500 s; less the second or two that passed.
    assertThat(host.secondsOfMemory())
        .hasSize(3)
        .anyMatch(seconds -> seconds >= 58)
        .anyMatch(seconds -> seconds >= 598)
        .anyMatch(seconds -> seconds >= 498);
  }

  @Test
  void over_the_limit_a_client_can_be_told_so() {
    host.apply(policy("ssh", limitedSsh(1, 1).replace("burst: 1", "burst: 1, exceeded: Reject")));

    assertThat(attacker.connect(20, SSH)).delivered(1).reset(19);
  }

  @Test
  void sources_of_one_prefix_can_share_a_budget() {
    host.apply(
        policy(
            "ssh",
            limitedSsh(1, 1)
                .replace("burst: 1", "burst: 1, sourcePrefixLength: {ipv4: 24, ipv6: 48}")));

    assertThat(attacker.connect(20, SSH)).accepted(1);
    assertThat(neighbour.connect(20, SSH)).vanished();
    assertThat(client("198.51.100.9", "2001:db8:b::1").connect(20, SSH)).accepted(1);
  }

  @Test
  void five_addresses_of_one_network_share_a_budget_in_ipv6_only() {
    host.apply(webServer());

    long accepted = 0;
    for (int i = 1; i <= 5; i++) {
      accepted += client("203.0.113." + i, "2001:db8:a:5::" + i).connect(1, SSH).accepted();
    }
    assertThat(accepted).isEqualTo(setting.family().pick(5, 1).longValue());
  }

  private static String limitedSsh(int limit, int burst) {
    return """
        ingress:
        - name: ssh
          action: Accept
          ports: [{protocol: TCP, port: %d}]
          rateLimit: {limit: %d, unit: Minute, burst: %d}
        """
        .formatted(SSH, limit, burst);
  }

  private static String openPort(int port) {
    return "ingress: [{name: open, action: Accept, ports: [{protocol: TCP, port: %d}]}]"
        .formatted(port);
  }
}
