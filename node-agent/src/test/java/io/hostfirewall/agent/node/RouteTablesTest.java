package io.hostfirewall.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.ruleset.model.Cidr;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class RouteTablesTest {

  @Test
  void ipv4_routes_are_read_as_a_little_endian_kernel_prints_them() {
    var table =
        """
        Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
        eth0\t00000000\t0100630A\t0003\t0\t0\t0\t00000000\t0\t0\t0
        cni0\t000B2A0A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
        *\t000C2A0A\t00000000\t0201\t0\t0\t0\t00FFFFFF\t0\t0\t0
        """;

    assertThat(RouteTables.ipv4(table, ByteOrder.LITTLE_ENDIAN))
        .containsExactly(
            new Route(Cidr.parse("0.0.0.0/0"), "eth0"),
            new Route(Cidr.parse("10.42.11.0/24"), "cni0"));
  }

  @Test
  void ipv6_routes_to_the_node_itself_and_to_nowhere_are_left_out() {
    var table =
        """
        fd420011000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     cni0
        00000000000000000000000000000000 00 00000000000000000000000000000000 00 fd990000000000000000000000000001 00000400 00000001 00000000 00000003     eth0
        fd990000000000000000000000000011 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000002 00000000 80200001     eth0
        00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo
        """;

    assertThat(RouteTables.ipv6(table))
        .containsExactly(
            new Route(Cidr.parse("fd42:11::/64"), "cni0"), new Route(Cidr.parse("::/0"), "eth0"));
  }
}
