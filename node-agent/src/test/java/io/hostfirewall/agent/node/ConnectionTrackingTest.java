package io.hostfirewall.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.agent.node.ConnectionTracking.Connection;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConnectionTrackingTest {

  @Test
  void a_tracked_connection_is_known_from_either_end() {
    var line =
        "ipv4     2 tcp      6 431999 ESTABLISHED src=198.51.100.7 dst=192.0.2.1 sport=40000 dport=22"
            + " src=192.0.2.1 dst=198.51.100.7 sport=22 dport=40000 [ASSURED] mark=0 zone=0 use=2";

    assertThat(ConnectionTracking.ends(line))
        .contains(
            new Connection("198.51.100.7", 40000, 22), new Connection("192.0.2.1", 22, 40000));
  }

  @Test
  void ipv6_addresses_are_read_however_they_are_written() {
    var line =
        "ipv6 10 tcp 6 100 ESTABLISHED src=2001:0db8:0007:0000:0000:0000:0000:0007"
            + " dst=2001:0db8:0001:0000:0000:0000:0000:0001 sport=40000 dport=22";

    assertThat(ConnectionTracking.ends(line)).contains(new Connection("2001:db8:7::7", 40000, 22));
  }

  @Test
  void what_has_no_ports_is_no_connection() {
    assertThat(ConnectionTracking.ends("ipv4 2 icmp 1 29 src=192.0.2.1 dst=192.0.2.2 type=8"))
        .isEmpty();
  }

  @Test
  void what_goes_on_within_this_host_is_not_waited_for() {
    assertThat(connection("0B00630A:192B 0C00630A:9C40")).isPresent();
    assertThat(connection("0B00630A:192B 0B00630A:9C40")).isEmpty();
    assertThat(connection("0100007F:192B 0100007F:9C40")).isEmpty();
  }

  private static Optional<Connection> connection(String ends) {
    return ConnectionTracking.connection(("0: " + ends + " 01 0 0").split(" "));
  }
}
