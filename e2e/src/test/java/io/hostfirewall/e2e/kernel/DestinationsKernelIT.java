package io.hostfirewall.e2e.kernel;

import static io.hostfirewall.e2e.kernel.AnswersAssert.assertThat;
import static io.hostfirewall.e2e.kernel.Policies.WEB;
import static io.hostfirewall.e2e.kernel.Policies.policy;

import java.net.InetAddress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * An ingress rule with {@code to} is about some of the host's own addresses, as they were spoken
 * to.
 */
@OnEveryBackEndAndFamily
class DestinationsKernelIT extends KernelTest {

  private static final int NODE_PORT = 30080;
  private static final int POD_PORT = 8080;
  private static final int TIMES = 5;

  private InetAddress second;

  @BeforeEach
  void serve() {
    host.listen(WEB);
    second = host.secondAddress();
  }

  private static String opening(int port, String to, String more) {
    return policy(
        "one-address",
        """
        ingress:
        - name: web
          action: Accept
          to: [%s]
          ports: [{protocol: TCP, port: %d}]
          %s
        """
            .formatted(to, port, more));
  }

  private static final String SECOND = "{networks: [192.0.2.2/32, \"2001:db8:1::2/128\"]}";
  private static final String BOTH = "{networks: [192.0.2.0/30, \"2001:db8:1::/126\"]}";

  @Test
  void a_port_is_open_at_the_address_that_a_rule_names_and_closed_at_others() {
    host.apply(opening(WEB, SECOND, ""));

    assertThat(attacker.connect(TIMES, second, WEB)).accepted(TIMES);
    assertThat(attacker.connect(TIMES, host.address(), WEB)).vanished();
  }

  @Test
  void an_exception_closes_one_address() {
    host.apply(
        opening(
            WEB,
            "{networks: [192.0.2.0/24, \"2001:db8:1::/125\"], except: [192.0.2.1/32, \"2001:db8:1::1/128\"]}",
            ""));

    assertThat(attacker.connect(TIMES, second, WEB)).accepted(TIMES);
    assertThat(attacker.connect(TIMES, host.address(), WEB)).vanished();
  }

  @Test
  void a_node_port_is_open_at_the_address_that_the_client_spoke_to() {
    host.joinCluster();
    translate();
    try (var _ = pod.listen(POD_PORT)) {
      assertThat(attacker.connect(TIMES, host.address(), NODE_PORT)).accepted(TIMES);

      host.apply(opening(NODE_PORT, SECOND, ""));
      assertThat(attacker.connect(TIMES, second, NODE_PORT)).accepted(TIMES);
      assertThat(attacker.connect(TIMES, host.address(), NODE_PORT)).vanished();
      assertThat(attacker.connect(TIMES, pod.address(), POD_PORT)).vanished();
    }
  }

  @Test
  void several_addresses_share_the_budget_of_a_source() {
    host.joinCluster();
    translate();
    try (var _ = pod.listen(POD_PORT)) {
      host.apply(opening(NODE_PORT, BOTH, "rateLimit: {limit: 1, unit: Hour, burst: 3}"));

      assertThat(attacker.connect(2, second, NODE_PORT)).accepted(2);
      assertThat(attacker.connect(TIMES, host.address(), NODE_PORT)).accepted(1);
      assertThat(attacker.connect(TIMES, second, NODE_PORT)).vanished();
      assertThat(neighbour.connect(TIMES, second, NODE_PORT)).accepted(3);
    }
  }

  private void translate() {
    host.iptables(
        "-t nat -A PREROUTING -p tcp -m tcp --dport %d -m addrtype --dst-type LOCAL -j DNAT --to-destination %s"
            .formatted(NODE_PORT, pod.socket(POD_PORT)));
  }
}
