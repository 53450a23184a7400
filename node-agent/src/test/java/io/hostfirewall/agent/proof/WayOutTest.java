package io.hostfirewall.agent.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hostfirewall.agent.transaction.Outcome;
import io.hostfirewall.agent.transaction.Wanted;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WayOutTest {

  @Test
  void a_place_that_answers_is_reached_and_one_that_does_not_is_named() throws IOException {
    WayOut out;
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      out = WayOut.parse("tcp:127.0.0.1:" + server.getLocalPort());
      assertThat(out.objection(Wanted.nothing())).isEmpty();
    }
    assertThat(out.objection(Wanted.nothing()))
        .hasValueSatisfying(
            objection -> {
              assertThat(objection.why()).isEqualTo(Outcome.Why.PROBE_FAILED);
              assertThat(objection.sentence()).contains("127.0.0.1 port " + out.port());
            });
  }

  @Test
  void ipv6_addresses_stand_in_brackets() {
    assertThat(WayOut.parse("tcp:[2001:db8::1]:443").host()).isEqualTo("2001:db8::1");
    assertThat(WayOut.to(URI.create("https://[2001:db8::1]:6443/")).host())
        .isEqualTo("2001:db8::1");
    assertThat(WayOut.to(URI.create("https://api.example/")).port()).isEqualTo(443);
  }

  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.1:443", "udp:192.0.2.1:53", "tcp:192.0.2.1", "tcp::443"})
  void what_is_no_probe_is_refused_with_an_example(String text) {
    assertThatThrownBy(() -> WayOut.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tcp:192.0.2.1:443");
  }
}
