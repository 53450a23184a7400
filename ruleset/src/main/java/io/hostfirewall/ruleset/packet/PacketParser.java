package io.hostfirewall.ruleset.packet;

import io.hostfirewall.ruleset.check.Spelling;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.ConnState;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match.AddressType;
import io.hostfirewall.ruleset.model.Protocol;
import io.hostfirewall.ruleset.model.TcpFlag;
import io.hostfirewall.ruleset.packet.Words.Word;
import io.hostfirewall.ruleset.walk.Packet;
import io.hostfirewall.ruleset.walk.Transport;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads packets as people write them, much as tcpdump prints them: {@code tcp 203.0.113.7:40000 >
 * 10.0.0.5:22 in eth0}. Instead of the arrow, which a shell takes for itself, {@code to} may stand.
 */
public final class PacketParser {

  private static final List<String> PROTOCOLS =
      List.of("tcp", "udp", "sctp", "icmp", "icmpv6", "proto");

  /** Protocols with a word of their own (IANA, protocol numbers). */
  private static final Map<Integer, String> NAMED =
      Map.of(1, "icmp", 6, "tcp", 17, "udp", 58, "icmpv6", 132, "sctp");

  /** A port that clients use (RFC 6335, 6); rules seldom look at it. */
  private static final int SOME_CLIENT_PORT = 49152;

  /** What the hosts of today send: Linux 64, Windows 128. */
  private static final int USUAL_HOPS = 64;

  /** Neighbour discovery, which says by 255 that no router forwarded it (RFC 4861). */
  private static final Set<Integer> ON_LINK = Set.of(133, 134, 135, 136, 137);

  private static final Cidr BROADCAST = Cidr.parse("255.255.255.255");
  private static final List<Cidr> MULTICAST =
      List.of(Cidr.parse("224.0.0.0/4"), Cidr.parse("ff00::/8"));

  private final Words words;
  private final Here here;
  private final List<String> assumed = new ArrayList<>();

  private PacketParser(Words words, Here here) {
    this.words = words;
    this.here = here;
  }

  /**
   * Reads a packet.
   *
   * @param here stands for what the text leaves out
   * @throws PacketSyntaxException with the column, what is wrong and what to write instead
   */
  public static Question parse(String text, Here here) {
    return new PacketParser(new Words(text), here).question();
  }

  private Question question() {
    var protocol = words.take("write a packet, such as tcp 203.0.113.7 > 10.0.0.5:22.");
    var name = protocol.text().toLowerCase(Locale.ROOT);
    var kind =
        switch (name) {
          case "tcp", "udp", "sctp" -> null;
          case "icmp", "icmp6", "icmpv6", "ipv6-icmp" ->
              words.take("write the type, such as icmp echo-request.");
          case "proto" -> words.take("write the number of the protocol, such as proto 47.");
          default ->
              throw protocol.problem(
                  "\"%s\" is no protocol.%s Write one of %s."
                      .formatted(
                          protocol.text(),
                          Spelling.hint(name, PROTOCOLS),
                          String.join(", ", PROTOCOLS)));
        };
    var from = isArrow() ? Endpoint.NOTHING : end("write where it comes from.");
    var to = Endpoint.NOTHING;
    var arrow = isArrow();
    if (arrow) {
      words.take("");
      to = end("write where it goes, such as 10.0.0.5:22.");
    }
    var options = new Options(words).read();
    return question(protocol, kind, from, to, arrow, options);
  }

  private boolean isArrow() {
    return words
        .peek()
        .map(Word::text)
        .filter(word -> word.equals(">") || word.equals("->") || word.equalsIgnoreCase("to"))
        .isPresent();
  }

  private Endpoint end(String otherwise) {
    return Endpoint.parse(words.take(otherwise));
  }

  private Question question(
      Word protocol, @Nullable Word kind, Endpoint from, Endpoint to, boolean arrow, Options said) {
    var way = way(to, said);
    var source = from.address() == null ? sender(protocol, kind, to, way) : from.address();
    var family = source.family();
    if (to.address() != null && to.address().family() != family) {
      throw protocol.problem("its two addresses are of different families. Write two of one.");
    }
    var spokenTo = to.address() == null ? own(family) : to.address();
    var destination = said.dnat == null ? spokenTo : translated(said, family);
    var transport = transport(protocol, kind, from, to, arrow, said, family);
    var state = state(said, transport, family);
    var states = EnumSet.of(state);
    if (said.dnat != null) {
      states.add(ConnState.DNAT);
    }
    var packet =
        new Packet(
            way,
            way == Packet.Way.OUTPUT ? "" : in(said, source),
            said.out == null ? "" : said.outDevice,
            source,
            destination,
            type(destination, way),
            transport,
            hops(said, transport),
            states,
            spokenTo,
            said.dnat != null ? to.port() : port(transport),
            false);
    return new Question(packet, said.at, said.connections, assumed);
  }

  /**
   * A connection whose address was translated goes to a pod unless it is said to stay; what is said
   * to leave, and not to come in, is the node's own.
   */
  private static Packet.Way way(Endpoint to, Options said) {
    var sent = said.out != null && said.in == null && !said.forward;
    if (!sent && !said.forward && said.out == null && (said.dnat == null || said.isLocal())) {
      return Packet.Way.INPUT;
    }
    if (to.address() == null && (sent || said.dnat == null)) {
      throw new PacketSyntaxException(
          1,
          "a packet that %s needs the address to which it goes. Write it behind >."
              .formatted(sent ? "leaves" : "is forwarded"));
    }
    return sent ? Packet.Way.OUTPUT : Packet.Way.FORWARD;
  }

  private Cidr sender(Word protocol, @Nullable Word kind, Endpoint to, Packet.Way way) {
    if (way == Packet.Way.OUTPUT && to.address() != null) {
      return own(to.address().family());
    }
    if (kind != null && kind.text().matches(".*[.:].*")) {
      throw kind.problem(
          "\"%s\" stands where the type belongs. Write it before the addresses, such as %s %s %s."
              .formatted(
                  kind.text(),
                  protocol.text(),
                  protocol.text().equalsIgnoreCase("proto") ? "47" : "echo-request",
                  kind.text()));
    }
    throw protocol.problem(
        "nothing says where it comes from. Write an address before the arrow, such as tcp"
            + " 203.0.113.7 > :22.");
  }

  private Cidr own(Family family) {
    var own = here.address(family);
    assumed.add(own.setEntry() + " stands for this node");
    return own;
  }

  private static Cidr translated(Options said, Family family) {
    var address = said.translated.address();
    if (address == null) {
      return Cidr.parse(family == Family.IPV4 ? "192.0.2.2" : "2001:db8::2");
    }
    if (address.family() != family && said.dnat != null) {
      throw said.dnat.problem("an address is translated into one of its family. Write that.");
    }
    return address;
  }

  private Transport transport(
      Word protocol,
      @Nullable Word kind,
      Endpoint from,
      Endpoint to,
      boolean arrow,
      Options said,
      Family family) {
    var name = protocol.text().toLowerCase(Locale.ROOT);
    if (said.flagsWord != null && !name.equals("tcp")) {
      throw said.flagsWord.problem("only tcp has flags. Leave them out.");
    }
    if (kind != null) {
      if (from.port() != null || to.port() != null || said.dnat != null) {
        throw protocol.problem(name + " has no ports. Leave them out.");
      }
      return name.equals("proto") ? other(kind) : icmp(protocol, kind, family);
    }
    if (to.port() == null) {
      throw arrow
          ? protocol.problem("%s goes to a port. Write it: > 10.0.0.5:22.".formatted(name))
          : words.atEnd(
              "nothing says where it goes. Write > 10.0.0.5:22, in quotes so that the shell leaves"
                  + " the > alone, or to 10.0.0.5:22.");
    }
    var source = from.port() == null ? SOME_CLIENT_PORT : from.port();
    var port = said.translated.port() == null ? to.port() : said.translated.port();
    return switch (name) {
      case "tcp" -> new Transport.Tcp(source, port, flags(said));
      case "udp" -> new Transport.Udp(source, port);
      default -> new Transport.Sctp(source, port);
    };
  }

  private static Transport icmp(Word protocol, Word kind, Family family) {
    if (family == Family.IPV4 && !protocol.text().equalsIgnoreCase("icmp")) {
      throw protocol.problem("IPv4 has icmp. Write that, or IPv6 addresses.");
    }
    return IcmpWords.parse(kind, family);
  }

  private static Transport other(Word kind) {
    if (!kind.text().matches("0|[1-9]\\d{0,2}") || Integer.parseInt(kind.text()) > 255) {
      throw kind.problem(
          "\"%s\" is no number of a protocol. Write one from 0 to 255, such as 47 for GRE."
              .formatted(kind.text()));
    }
    var number = Integer.parseInt(kind.text());
    if (NAMED.containsKey(number)) {
      throw kind.problem(
          "%d is %s. Write that instead of proto.".formatted(number, NAMED.get(number)));
    }
    return new Transport.Other(number);
  }

  /** What comes first in a connection is a SYN, and what comes later carries ACK. */
  private static Set<TcpFlag> flags(Options said) {
    if (said.flags != null) {
      return said.flags;
    }
    return said.state == null || said.state == ConnState.NEW
        ? Set.of(TcpFlag.SYN)
        : Set.of(TcpFlag.ACK);
  }

  private ConnState state(Options said, Transport transport, Family family) {
    if (family == Family.IPV6 && transport.protocol().equals(Protocol.AUTHENTICATION)) {
      assumed.add(
          "nothing that rules are about stands behind its authentication header, past which"
              + " iptables-legacy looks");
    }
    if (said.state != null) {
      return said.state;
    }
    var state = FirstSight.of(transport, family);
    assumed.add(
        "connection tracking knows no connection of it: its state is "
            + state.name().toLowerCase(Locale.ROOT));
    return state;
  }

  private String in(Options said, Cidr source) {
    if (said.in != null) {
      return said.in;
    }
    var device = here.interfaceTowards(source);
    assumed.add("it comes in by " + device);
    return device;
  }

  private static int hops(Options said, Transport transport) {
    if (said.hops != null) {
      return said.hops;
    }
    return transport instanceof Transport.Icmp(var family, var type, _)
            && family == Family.IPV6
            && ON_LINK.contains(type)
        ? 255
        : USUAL_HOPS;
  }

  private static AddressType type(Cidr destination, Packet.Way way) {
    if (destination.equals(BROADCAST)) {
      return AddressType.BROADCAST;
    }
    if (MULTICAST.stream().anyMatch(network -> network.contains(destination))) {
      return AddressType.MULTICAST;
    }
    return way == Packet.Way.INPUT ? AddressType.LOCAL : AddressType.UNICAST;
  }

  private static @Nullable Integer port(Transport transport) {
    return transport.ports().map(Transport.PortPair::destination).orElse(null);
  }
}
