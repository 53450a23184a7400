package io.hostfirewall.e2e.kernel;

import static io.hostfirewall.e2e.kernel.AnswersAssert.assertThat;
import static io.hostfirewall.e2e.kernel.Policies.WEB;
import static io.hostfirewall.e2e.kernel.Policies.webServer;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Nobody outside passes for the host, its loopback or its pods. The host is set up so that the
 * kernel itself lets such packets in: {@code route_localnet} for 127/8, {@code accept_local} for
 * the host's own addresses.
 */
@OnEveryBackEndAndFamily
class SpoofingKernelIT extends KernelTest {

  private static final int TIMES = 20;

  private Client asLoopback;
  private Client asHost;
  private Client asPod;

  @BeforeEach
  void beGullible() {
    host.listen(WEB);
    host.sysctl("ipv4.conf.all.route_localnet=1", "ipv4.conf.all.accept_local=1");
    asLoopback = client("127.0.0.5", "::1");
    asHost = client("192.0.2.1", "2001:db8:1::1");
    asPod = client("10.42.0.9", "fd42::9");
  }

  @Test
  void without_rules_the_host_believes_them() {
    assertThat(asHost.connect(TIMES, WEB)).delivered(TIMES);
    assertThat(asPod.connect(TIMES, WEB)).delivered(TIMES);
  }

  @Test
  void without_rules_the_host_believes_loopback_addresses_of_ipv4() {
    // The kernel drops ::1 from a wire by itself (ip6_input.c).
    int believed = setting.family().pick(TIMES, 0);

    assertThat(asLoopback.connect(TIMES, WEB)).delivered(believed);
    assertThat(attacker.connect(TIMES, host.loopback(), WEB)).delivered(believed);
  }

  @Test
  void the_loopback_network_stays_inside() {
    host.apply(webServer());

    assertThat(asLoopback.connect(TIMES, WEB)).vanished();
    assertThat(attacker.connect(TIMES, host.loopback(), WEB)).vanished();
  }

  @Test
  void nobody_passes_for_the_host() {
    host.apply(webServer());

    assertThat(asHost.connect(TIMES, WEB)).vanished();
    assertThat(attacker.connect(TIMES, WEB)).accepted(TIMES);
  }

  @Test
  void nobody_passes_for_a_pod() {
    host.joinCluster();
    host.apply(webServer());

    assertThat(asPod.connect(TIMES, WEB)).vanished();
    assertThat(asPod.connect(TIMES, host.address(), 10250)).vanished();
    assertThat(attacker.connect(TIMES, WEB)).accepted(TIMES);
  }

  @Test
  void the_host_hears_its_own_multicast() {
    assertThat(host.hearsOwnMulticast()).as("without rules").isTrue();

    host.apply(
        Policies.policy(
            "multicast",
            "ingress: [{name: mdns, action: Accept, ports: [{protocol: UDP, port: 5353}]}]"));
    assertThat(host.hearsOwnMulticast()).as("with rules").isTrue();
  }
}
