package io.hostfirewall.e2e.kernel;

import static io.hostfirewall.e2e.kernel.AnswersAssert.assertThat;
import static io.hostfirewall.e2e.kernel.Policies.WEB;
import static io.hostfirewall.e2e.kernel.Policies.policy;
import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.e2e.lab.Family;
import io.hostfirewall.e2e.lab.Flow;
import io.hostfirewall.e2e.lab.Packet;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A limit remembers so many sources and no more; when others have filled it, the kernel drops every
 * new one. Whoever is let in before the limit must not notice.
 */
@ParameterizedClass(name = "{0}")
@MethodSource("io.hostfirewall.e2e.kernel.Setting#eachOnce")
class CrowdsKernelIT extends KernelTest {

  /** What a limiter remembers at most. */
  private static final int SOURCES = 524_288;

  private static final int SOME = 32_768;
  private static final int MOST = SOURCES + 8 * SOME;

  /** About 100,000 packets a second: more get lost on the way. */
  private static final int BURST = 100;

  private static final long BURST_NANOS = 1_000_000;

  private static final int TIMES = 3;

  private static final String LIMITED =
      """
      ingress:
      - name: balancer
        action: Accept
        from: [{networks: [203.0.113.99/32, "2001:db8:a:99::1/128"]}]
        ports: [{protocol: TCP, port: 80}]
      - name: web
        action: Accept
        ports: [{protocol: TCP, port: 80}, {protocol: UDP, port: 80}]
        rateLimit: {limit: 60, unit: Minute, burst: 500}
      """;

  @BeforeEach
  void serve() {
    host.listen(WEB, 10250);
    // Their connections are no burden for the tests that follow.
    host.sysctl("netfilter.nf_conntrack_udp_timeout=1");
  }

  @Test
  void a_crowd_that_fills_a_limit_shuts_out_nobody_who_is_let_in_before_it() {
    host.joinCluster(neighbour.address(), bystander.address());
    host.apply(policy("web", LIMITED));
    assertThat(client(100).connect(TIMES, WEB)).as("room for a stranger").accepted(TIMES);

    int sent = crowd(0, SOURCES);
    for (int i = 101; client(i).connect(1, WEB).accepted() > 0; i++) {
      assertThat(sent).as("sources").isLessThan(MOST);
      sent = crowd(sent, SOME);
    }

    assertThat(client(150).connect(TIMES, WEB)).as("no room for strangers").vanished();
    assertThat(client(99).connect(TIMES, WEB)).as("balancer").accepted(TIMES);
    assertThat(neighbour.connect(TIMES, WEB)).as("node").accepted(TIMES);
    assertThat(bystander.connect(TIMES, 10250)).as("API server").accepted(TIMES);
  }

  /** A packet from each of so many sources; returns how many there have been. */
  private int crowd(int first, int count) {
    return topology.outside().call(() -> send(first, first + count));
  }

  private int send(int first, int end) throws UnknownHostException {
    try (var wire = topology.openWire()) {
      for (int source = first; source < end; ) {
        long start = System.nanoTime();
        for (int i = 0; i < BURST && source < end; i++, source++) {
          wire.send(Packet.udp(new Flow(address(source), 40000, host.address(), WEB), (byte) 1));
        }
        wire.forget();
        LockSupport.parkNanos(BURST_NANOS - (System.nanoTime() - start));
      }
    }
    return end;
  }

  /** One of 10.64.0.0/10, or one in each of the networks of 64 bits of 2001:db8:f000::/36. */
  private InetAddress address(int source) throws UnknownHostException {
    if (setting.family() == Family.IPV6) {
      return InetAddress.ofLiteral(
          "2001:db8:%x:%x::1".formatted(0xf000 + (source >> 16), source & 0xffff));
    }
    return InetAddress.getByAddress(
        new byte[] {10, (byte) (64 + (source >> 16)), (byte) (source >> 8), (byte) source});
  }
}
