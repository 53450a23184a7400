package io.hostfirewall.e2e.kernel;

import static io.hostfirewall.e2e.kernel.AnswersAssert.assertThat;
import static io.hostfirewall.e2e.kernel.Policies.WEB;
import static io.hostfirewall.e2e.kernel.Policies.policy;
import static io.hostfirewall.e2e.kernel.Policies.webServer;
import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.e2e.lab.Flow;
import io.hostfirewall.e2e.lab.Packet;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A packet is judged whole, whatever the pieces it comes in; and errors are believed only about
 * what was sent.
 */
@OnEveryBackEndAndFamily
class FragmentsKernelIT extends KernelTest {

  private static final int TIMES = 5;
  private static final int CLOSED = 8081;

  private static final int DNS = 53;

  private static final String OPEN =
      policy(
          "open",
          """
          ingress:
          - name: open
            action: Accept
            ports: [{protocol: TCP, port: 80}, {protocol: UDP, port: 53}]
          """);

  private int id = 100;

  @BeforeEach
  void serve() {
    host.listen(WEB, CLOSED);
  }

  /** Pieces of 8 bytes, in which no port and no flags stand together. */
  private List<Packet> pieces(Supplier<Packet> packet) {
    return IntStream.range(0, TIMES)
        .mapToObj(i -> packet.get().fragments(8, ++id))
        .flatMap(List::stream)
        .toList();
  }

  private List<Packet> connections(int port) {
    return pieces(() -> Packet.tcp(attacker.newFlow(host.address(), port), "S"));
  }

  private List<Packet> datagrams(int port) {
    return pieces(() -> Packet.udp(attacker.newFlow(host.address(), port), new byte[32]));
  }

  /** A piece to a closed port over the end of one to an open port. */
  private List<Packet> overlapping() {
    var open = Packet.udp(attacker.newFlow(host.address(), DNS), new byte[32]);
    var closed = Packet.udp(attacker.newFlow(host.address(), CLOSED), new byte[32]);
    ++id;
    return List.of(open.piece(0, 16, id), closed.piece(8, 24, id), open.piece(24, 40, id));
  }

  /**
   * IPv6 itself refuses a first piece without the whole TCP header (RFC 7112; ipv6/reassembly.c).
   */
  private int whereAllowed() {
    return setting.family().pick(TIMES, 0);
  }

  @Test
  void without_rules_tiny_fragments_reach_every_port() {
    assertThat(attacker.send(connections(CLOSED)).accepted()).isEqualTo(whereAllowed());
    assertThat(attacker.send(datagrams(CLOSED))).delivered(TIMES);
    assertThat(attacker.send(datagrams(DNS))).delivered(TIMES);
  }

  @Test
  void tiny_fragments_are_put_together_before_they_are_judged() {
    host.apply(OPEN);

    assertThat(attacker.send(connections(WEB)).accepted()).isEqualTo(whereAllowed());
    assertThat(attacker.send(connections(CLOSED))).delivered(0);
    assertThat(attacker.send(datagrams(DNS))).delivered(TIMES);
    assertThat(attacker.send(datagrams(CLOSED))).vanished();
  }

  @Test
  void overlapping_and_lonely_fragments_reach_nobody() {
    host.apply(OPEN);

    for (int i = 0; i < TIMES; i++) {
      assertThat(attacker.send(overlapping())).vanished();
      assertThat(attacker.send(datagrams(DNS).subList(0, 1))).vanished();
    }
  }

  /** "Packet too big": the next hop takes 1300 bytes. */
  private Packet tooBig(Packet refused) {
    var router = neighbour.address();
    var quote = refused.quoted();
    return setting
        .family()
        .pick(
            Packet.icmp(router, host.address(), 3, 4, 1300, quote),
            Packet.icmp(router, host.address(), 2, 0, 1300, quote));
  }

  @Test
  void an_error_about_a_connection_passes_and_an_invented_one_does_not() {
    host.apply(webServer());

    try (var session = visitor().connect(WEB).orElseThrow()) {
      assertThat(session.isAlive()).isTrue();
      var flow = new Flow(host.address(), WEB, visitor().address(), session.localPort());
      assertThat(neighbour.send(List.of(tooBig(Packet.tcp(flow, "A"))))).delivered(1);

      var invented = new Flow(host.address(), WEB, visitor().address(), session.localPort() ^ 1);
      assertThat(neighbour.send(List.of(tooBig(Packet.tcp(invented, "A"))))).vanished();
      assertThat(session.isAlive()).isTrue();
    }
  }

  @Test
  void without_rules_an_invented_error_is_received() {
    var invented = new Flow(host.address(), WEB, visitor().address(), 12345);

    assertThat(neighbour.send(List.of(tooBig(Packet.tcp(invented, "A"))))).delivered(1);
  }

  @Test
  void unasked_echo_replies_and_redirects_are_dropped() {
    int reply = setting.family().pick(0, 129);
    int redirect = setting.family().pick(5, 137);
    var body = ByteBuffer.allocate(48).array();
    var unasked =
        List.of(
            Packet.icmp(attacker.address(), host.address(), reply, 0, 7, body),
            Packet.icmp(attacker.address(), host.address(), redirect, 0, 0, body));
    host.apply(webServer());

    assertThat(attacker.send(unasked)).vanished();
  }
}
