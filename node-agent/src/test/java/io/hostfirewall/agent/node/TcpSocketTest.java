package io.hostfirewall.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.ruleset.model.Cidr;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class TcpSocketTest {

  private static final String HEAD =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

  @Test
  void sockets_that_listen_or_are_established_are_read() {
    var table =
        HEAD
            + "   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1\n"
            + "   1: 0B00630A:0016 077100CB:9C40 01 00000000:00000000 02:00000000 00000000     0        0 2 2\n"
            + "   2: 0B00630A:0016 077100CB:9C41 06 00000000:00000000 03:00000000 00000000     0        0 0 3\n";

    assertThat(TcpSocket.parse(table, ByteOrder.LITTLE_ENDIAN))
        .containsExactly(
            new TcpSocket(
                TcpSocket.State.LISTEN, Cidr.parse("0.0.0.0/32"), 22, Cidr.parse("0.0.0.0/32"), 0),
            new TcpSocket(
                TcpSocket.State.ESTABLISHED,
                Cidr.parse("10.99.0.11"),
                22,
                Cidr.parse("203.0.113.7"),
                40000));
  }

  @Test
  void an_ipv4_peer_of_a_socket_of_both_families_is_ipv4() {
    var table =
        HEAD
            + "   0: 0000000000000000FFFF00000B00630A:0016 0000000000000000FFFF0000077100CB:9C40 01 0\n"
            + "   1: B80D0120000000000000000001000000:0016 B80D0120000000000000000002000000:9C40 01 0\n";

    assertThat(TcpSocket.parse(table, ByteOrder.LITTLE_ENDIAN))
        .extracting(socket -> socket.peer().setEntry())
        .containsExactly("203.0.113.7", "2001:db8::2");
  }

  @Test
  void a_machine_of_the_other_byte_order_prints_them_the_other_way_round() {
    var table = HEAD + "   0: 0A63000B:0016 CB007107:9C40 01 0\n";

    assertThat(TcpSocket.parse(table, ByteOrder.BIG_ENDIAN))
        .extracting(socket -> socket.peer().setEntry())
        .containsExactly("203.0.113.7");
  }
}
