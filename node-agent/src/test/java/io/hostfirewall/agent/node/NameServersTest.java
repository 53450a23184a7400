package io.hostfirewall.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.ruleset.model.Cidr;
import org.junit.jupiter.api.Test;

class NameServersTest {

  @Test
  void servers_elsewhere_are_read_and_nothing_else() {
    assertThat(
            NameServers.elsewhere(
                """
                # nameserver 192.0.2.1
                search example.org
                nameserver 192.0.2.53
                nameserver\t2001:db8::53
                nameserver fe80::1%eth0
                nameserver 127.0.0.53
                nameserver ::1
                nameserver one.example.org
                nameserver
                options ndots:5
                """))
        .containsExactly(
            Cidr.parse("192.0.2.53"), Cidr.parse("2001:db8::53"), Cidr.parse("fe80::1"));
  }
}
