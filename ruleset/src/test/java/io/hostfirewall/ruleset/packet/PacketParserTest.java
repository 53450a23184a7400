package io.hostfirewall.ruleset.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.ConnState;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match.AddressType;
import io.hostfirewall.ruleset.model.Rate;
import io.hostfirewall.ruleset.model.TcpFlag;
import io.hostfirewall.ruleset.walk.Packet;
import io.hostfirewall.ruleset.walk.Transport;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PacketParserTest {

  private static final Here HERE = Here.unseen("eth0");

  private static Packet packet(String text) {
    return PacketParser.parse(text, HERE).packet();
  }

  private static PacketSyntaxException problem(String text) {
    return catchThrowableOfType(PacketSyntaxException.class, () -> PacketParser.parse(text, HERE));
  }

  @Test
  void a_packet_reads_as_tcpdump_prints_it() {
    assertThat(packet("tcp 203.0.113.7:40000 > 10.0.0.5:22 in eth1"))
        .isEqualTo(
            Packet.opening(
                "eth1",
                Cidr.parse("203.0.113.7"),
                Cidr.parse("10.0.0.5"),
                Transport.Tcp.syn(40000, 22)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "udp [2001:db8::7]:40000 > [2001:db8::1]:53",
        "udp [2001:db8::7]:40000 to :53",
        "UDP [2001:db8::7]:40000->53"
      })
  void what_is_left_out_of_the_nodes_end_is_filled_in(String text) {
    assertThat(packet(text))
        .isEqualTo(
            Packet.opening(
                "eth0",
                Cidr.parse("2001:db8::7"),
                Cidr.parse("2001:db8::1"),
                new Transport.Udp(40000, 53)));
  }

  @Test
  void what_was_assumed_is_said() {
    assertThat(PacketParser.parse("tcp 203.0.113.7 > :22", HERE).assumed())
        .containsExactly(
            "192.0.2.1 stands for this node",
            "connection tracking knows no connection of it: its state is new",
            "it comes in by eth0");
    assertThat(
            PacketParser.parse("tcp 203.0.113.7 > 10.0.0.5:22 in eth0 state new", HERE).assumed())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "icmp echo-request 203.0.113.7, IPV4, 8, 0",
    "icmp EchoRequest 2001:db8::7, IPV6, 128, 0",
    "icmpv6 neighbor-solicitation fe80::1 > ff02::1, IPV6, 135, 0",
    "icmp 3/4 203.0.113.7 > 10.0.0.5, IPV4, 3, 4",
    "icmp destination-unreachable/1 203.0.113.7, IPV4, 3, 1"
  })
  void icmp_types_are_names_or_numbers(String text, Family family, int type, int code) {
    assertThat(packet(text).transport()).isEqualTo(new Transport.Icmp(family, type, code));
  }

  @Test
  void other_protocols_are_numbers() {
    assertThat(packet("proto 47 203.0.113.7 > 10.0.0.5").transport())
        .isEqualTo(new Transport.Other(47));
  }

  @ParameterizedTest
  @CsvSource({
    "S, NEW",
    "SP, NEW",
    "A, NEW",
    "SA, INVALID",
    "., NEW",
    "F, INVALID",
    "R, INVALID",
    "FPU, INVALID",
    "none, INVALID",
    "FA, INVALID"
  })
  void without_a_state_it_is_the_one_of_a_packet_seen_first(String flags, ConnState state) {
    assertThat(packet("tcp 203.0.113.7 > :22 flags " + flags).states()).containsExactly(state);
  }

  @ParameterizedTest
  @CsvSource({
    "icmp echo-request 203.0.113.7, NEW",
    "icmp echo-reply 203.0.113.7, INVALID",
    "icmp neighbour-solicitation fe80::1, UNTRACKED",
    "udp 203.0.113.7 > :53, NEW"
  })
  void so_is_that_of_packets_without_flags(String text, ConnState state) {
    assertThat(packet(text).states()).containsExactly(state);
  }

  @Test
  void flags_and_state_can_be_said() {
    assertThat(packet("tcp 203.0.113.7 > :22 flags FPU state new").transport())
        .isEqualTo(new Transport.Tcp(49152, 22, Set.of(TcpFlag.FIN, TcpFlag.PSH, TcpFlag.URG)));
    assertThat(packet("tcp 203.0.113.7 > :22 state established").transport())
        .isEqualTo(new Transport.Tcp(49152, 22, Set.of(TcpFlag.ACK)));
  }

  @Test
  void a_translated_connection_keeps_the_port_that_was_spoken_to() {
    var pod = packet("tcp 203.0.113.7 > 10.0.0.5:30080 dnat 10.42.0.7:8080");

    assertThat(pod.way()).isEqualTo(Packet.Way.FORWARD);
    assertThat(pod.destination()).isEqualTo(Cidr.parse("10.42.0.7"));
    assertThat(pod.transport()).isEqualTo(Transport.Tcp.syn(49152, 8080));
    assertThat(pod.originalDestinationPort()).isEqualTo(30080);
    assertThat(pod.states()).containsExactlyInAnyOrder(ConnState.NEW, ConnState.DNAT);

    var local = packet("tcp 203.0.113.7 > :30080 dnat :8080 local");
    assertThat(local.way()).isEqualTo(Packet.Way.INPUT);
    assertThat(packet("tcp 203.0.113.7 > :30080 dnat in eth1").in()).isEqualTo("eth1");
  }

  @Test
  void a_packet_may_be_forwarded() {
    for (var words : new String[] {"forward", "in eth0 out eth1"}) {
      var packet = packet("tcp 203.0.113.7 > 10.1.0.5:22 " + words);
      assertThat(packet.way()).isEqualTo(Packet.Way.FORWARD);
      assertThat(packet.destinationType()).isEqualTo(AddressType.UNICAST);
    }
  }

  @ParameterizedTest
  @CsvSource({"5/s, 5, SECOND", "100/min, 100, MINUTE", "3/hour, 3, HOUR", "1/d, 1, DAY"})
  void a_rate_is_per_a_unit_of_time(String text, long count, Rate.Unit unit) {
    assertThat(PacketParser.parse("tcp 203.0.113.7 > :22 at " + text, HERE).at())
        .isEqualTo(new Rate(count, unit));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tpc 203.0.113.7 > :22 | 1 | Did you mean \"tcp\"?",
        "tcp 203.0.113 > :22 | 5 | is no address",
        "tcp example.org > :22 | 5 | names are not looked up",
        "tcp 10.0.0.0/8 > :22 | 5 | is a network",
        "tcp 203.0.113.7 > 10.0.0.5.22 | 19 | 10.0.0.5:22",
        "tcp 203.0.113.7 > 10.0.0.5:99999 | 28 | 0 to 65535",
        "tcp 203.0.113.7 > 10.0.0.5 | 1 | goes to a port",
        "tcp 203.0.113.7 in eth0 | 24 | in quotes so that the shell",
        "tcp > :22 | 1 | where it comes from",
        "tcp 203.0.113.7 > [2001:db8::1]:22 | 1 | different families",
        "tcp 203.0.113.7 > :22 flag S | 23 | Did you mean \"flags\"?",
        "tcp 203.0.113.7 > :22 flags SX | 30 | no TCP flag",
        "tcp 203.0.113.7 > :22 state nwe | 29 | Did you mean \"new\"?",
        "tcp 203.0.113.7 > :22 at 5 | 26 | 5/s",
        "tcp 203.0.113.7 > :22 in | 25 | in eth0",
        "tcp 203.0.113.7 > :22 in eth0 in eth1 | 31 | stands twice",
        "udp 203.0.113.7 > :22 flags S | 23 | only tcp",
        "icmp 203.0.113.7 > 10.0.0.1 | 6 | icmp echo-request 203.0.113.7",
        "tcp 203.0.113.7 > :22 local | 23 | Write dnat before it",
        "icmp echo-requst 203.0.113.7 | 6 | Did you mean \"echo-request\"?",
        "icmpv6 echo-request 203.0.113.7 | 1 | IPv4 has icmp",
        "proto 6 203.0.113.7 | 7 | 6 is tcp",
        "proto 300 203.0.113.7 | 7 | 0 to 255",
        "tcp 203.0.113.7 > :22 forward | 1 | needs the address",
        "tcp 203.0.113.7 > :22 out eth0 | 1 | leaves needs the address",
        "'' | 1 | write a packet"
      })
  void a_mistake_is_named_with_its_column_and_remedy(String text, int column, String remedy) {
    assertThat(problem(text)).hasMessageContaining(remedy);
    assertThat(problem(text).column()).isEqualTo(column);
  }

  @Property(tries = 3000)
  void whatever_is_written_is_a_packet_or_a_mistake_with_its_place(@ForAll("texts") String text) {
    try {
      PacketParser.parse(text, HERE);
    } catch (PacketSyntaxException e) {
      assertThat(e.column()).isBetween(1, text.length() + 1);
      assertThat(e.problem()).endsWith(".");
    }
  }

  /** Words of the language in any order, with some that are not among them. */
  @Provide
  Arbitrary<String> texts() {
    var known =
        Arbitraries.of(
            "tcp",
            "udp",
            "icmp",
            "proto",
            "203.0.113.7",
            "203.0.113.7:40000",
            "[2001:db8::1]:22",
            "2001:db8::7",
            ":22",
            "22",
            ">",
            "->",
            "to",
            "in",
            "out",
            "eth0",
            "forward",
            "local",
            "dnat",
            "flags",
            "S",
            "none",
            "state",
            "new",
            "at",
            "5/s",
            "hops",
            "255",
            "echo-request",
            "47",
            "999999999999999999999",
            "[",
            "[]",
            "[]:",
            ":",
            "/",
            "1/0");
    var any = Arbitraries.strings().ofMaxLength(12);
    return Arbitraries.frequencyOf(net.jqwik.api.Tuple.of(6, known), net.jqwik.api.Tuple.of(1, any))
        .list()
        .ofMaxSize(12)
        .map(words -> String.join(" ", words));
  }
}
