package io.hostfirewall.e2e.kernel;

import static java.util.stream.Collectors.toSet;

import io.hostfirewall.e2e.lab.Family;
import io.hostfirewall.e2e.lab.Flow;
import io.hostfirewall.e2e.lab.Packet;
import io.hostfirewall.e2e.lab.Seen;
import io.hostfirewall.ruleset.importing.Hook;
import io.hostfirewall.ruleset.importing.Packets;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Protocol;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Many single packets that open a connection, chosen by what a text of rules speaks of: from its
 * networks and beside them, to its ports and beside them.
 */
final class Battery {

  private static final Pattern NUMBER =
      Pattern.compile("(?<![\\d.:a-f/])\\d{1,5}(?![\\d.]|:\\d*:)");
  private static final Pattern IPV4 =
      Pattern.compile("(?<![\\d.])(\\d{1,3}(?:\\.\\d{1,3}){3})(/\\d{1,2})?(?![\\d.])");
  private static final Pattern IPV6 =
      Pattern.compile("(?i)(?<=[ ,])([0-9a-f]{1,4}:[0-9a-f:]*)(/\\d{1,3})?(?=[ ,\\n])");

  /** As many as show every rule of a file; more would only show the same again. */
  private static final int MOST_PORTS = 48;

  private static final int MOST_SOURCES = 24;

  /** Packets of one source to one port at once, to see a limit. */
  private static final int CROWD = 25;

  /**
   * One packet, or a crowd of them.
   *
   * @param tellsRefusal whether an answer to it can be told from one to another
   */
  record Probe(String what, Hook hook, Packets kind, List<Packet> packets, boolean tellsRefusal) {}

  private final Family family;
  private final InetAddress host;
  private final InetAddress pod;
  private final List<Integer> ports;
  private final List<Cidr> sources;
  private final List<Probe> probes = new ArrayList<>();
  private final Map<Cidr, Integer> used = new LinkedHashMap<>();
  private int flows;

  private Battery(Family family, InetAddress host, InetAddress pod, String text) {
    this.family = family;
    this.host = host;
    this.pod = pod;
    this.ports = ports(text);
    this.sources = sources(family, text);
  }

  /** Probes of one family for a text; each time with other flows. */
  static List<Probe> of(
      Family family, InetAddress host, InetAddress pod, String text, int firstFlow) {
    var battery = new Battery(family, host, pod, text);
    battery.flows = firstFlow;
    battery.fill();
    return battery.probes;
  }

  private static List<Integer> ports(String text) {
    var ports = new TreeSet<>(List.of(9, 22, 53, 80, 443, 8080));
    NUMBER
        .matcher(text)
        .results()
        .map(r -> Integer.parseInt(r.group()))
        .forEach(port -> ports.addAll(List.of(port - 1, port, port + 1)));
    ports.removeIf(port -> port < 1 || port > 65_535);
    return ports.stream().limit(MOST_PORTS).toList();
  }

  private static List<Cidr> sources(Family family, String text) {
    var sources = new ArrayList<Cidr>();
    sources.add(Cidr.parse(family.pick("198.18.0.0/15", "2001:db8:5a5a::/48")));
    var pattern = family.pick(IPV4, IPV6);
    var found = pattern.matcher(text).results().map(r -> network(r.group(1), r.group(2))).toList();
    found.stream().filter(Battery::isOutside).distinct().limit(MOST_SOURCES).forEach(sources::add);
    return sources;
  }

  private static Cidr network(String address, String length) {
    try {
      var whole = Cidr.parse(address);
      var bits = whole.family().addressBits();
      var kept = length == null ? bits : Integer.parseInt(length.substring(1));
      var free = bits - Math.min(kept, bits);
      return new Cidr(
          whole.family(), whole.address().shiftRight(free).shiftLeft(free), bits - free);
    } catch (IllegalArgumentException e) {
      return Cidr.parse("127.0.0.0/8");
    }
  }

  /** Not of the host, its link, its pods, and nothing that no packet can come from. */
  private static boolean isOutside(Cidr network) {
    var never =
        List.of(
            "0.0.0.0/8",
            "127.0.0.0/8",
            "224.0.0.0/3",
            "192.0.2.0/24",
            "10.42.0.0/24",
            "::/8",
            "ff00::/8",
            "fe80::/10",
            "2001:db8:1::/64",
            "fd42::/64");
    return network.length() > 3
        && never.stream()
            .map(Cidr::parse)
            .noneMatch(n -> n.contains(network) || network.contains(n));
  }

  private void fill() {
    for (var source : sources) {
      var few = source.length() == source.family().addressBits();
      for (var port : few ? ports.stream().limit(12).toList() : ports) {
        connection(Protocol.TCP, source, port, 1, Hook.INPUT);
        connection(Protocol.UDP, source, port, 1, Hook.INPUT);
        connection(Protocol.TCP, source, port, 1, Hook.FORWARD);
      }
      ping(source, 1);
    }
    var anyone = sources.getFirst();
    for (var port : ports) {
      connection(Protocol.TCP, anyone, port, CROWD, Hook.INPUT);
      connection(Protocol.SCTP, anyone, port, 1, Hook.INPUT);
    }
    ping(anyone, CROWD);
    question(anyone, family.pick(13, 139));
  }

  private void connection(Protocol protocol, Cidr source, int port, int times, Hook hook) {
    var from = address(source);
    var to = hook == Hook.INPUT ? host : pod;
    var packets =
        IntStream.range(0, times).mapToObj(i -> packet(protocol, from, to, port)).toList();
    add(
        "%s %s > %s:%d".formatted(protocol.text(), from.getHostAddress(), hook, port),
        hook,
        Packets.connection(protocol, cidr(from), cidr(to), "eth0", port),
        packets,
        source);
  }

  private Packet packet(Protocol protocol, InetAddress from, InetAddress to, int port) {
    var flow = new Flow(from, 20_000 + flows++ % 40_000, to, port);
    return switch (protocol.text()) {
      case "tcp" -> Packet.tcp(flow, "S");
      case "udp" -> Packet.udp(flow, (byte) 1);
      default -> Packet.sctp(flow);
    };
  }

  private void ping(Cidr source, int times) {
    var from = address(source);
    var packets =
        IntStream.range(0, times)
            .mapToObj(i -> Packet.echo(from, host, ++flows % 60_000, 1))
            .toList();
    add(
        "ping " + from.getHostAddress(),
        Hook.INPUT,
        Packets.question(cidr(from), cidr(host), "eth0", family.pick(8, 128), 0),
        packets,
        source);
  }

  private void question(Cidr source, int type) {
    var from = address(source);
    var packet = Packet.icmp(from, host, type, 0, ++flows % 60_000 << 16, new byte[12]);
    add(
        "ICMP " + type,
        Hook.INPUT,
        Packets.question(cidr(from), cidr(host), "eth0", type, 0),
        List.of(packet),
        source);
  }

  private void add(String what, Hook hook, Packets kind, List<Packet> packets, Cidr source) {
    var crowd = packets.size() > 1 ? packets.size() + " × " : "";
    var roomy = source.family().addressBits() - source.length() >= 12;
    probes.add(new Probe(crowd + what, hook, kind, packets, roomy && packets.size() == 1));
  }

  /** Another one of a network each time, as long as it has some. */
  private InetAddress address(Cidr network) {
    var number = used.merge(network, 1, Integer::sum);
    var free = network.family().addressBits() - network.length();
    var room = BigInteger.ONE.shiftLeft(free);
    var host = free < 2 ? BigInteger.ZERO : BigInteger.valueOf(number).mod(room);
    var bytes = new byte[network.family().addressBits() / 8];
    var value = network.address().add(host).toByteArray();
    for (int i = 1; i <= Math.min(bytes.length, value.length); i++) {
      bytes[bytes.length - i] = value[value.length - i];
    }
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Cidr cidr(InetAddress address) {
    return Cidr.parse(address.getHostAddress());
  }

  /**
   * A datagram of the host itself.
   *
   * @param to where it goes
   */
  record Own(String what, Packets kind, InetSocketAddress to) {}

  /** Datagrams to the networks and ports of a text and beside them. */
  static List<Own> ofHost(Family family, InetAddress host, InetAddress pod, String text) {
    var battery = new Battery(family, host, pod, text);
    var own = new ArrayList<Own>();
    for (var network : battery.sources) {
      for (var port : battery.ports) {
        var to = battery.address(network);
        own.add(
            new Own(
                "udp OUTPUT > %s:%d".formatted(to.getHostAddress(), port),
                Packets.leaving(Protocol.UDP, cidr(host), cidr(to), "eth0", port),
                new InetSocketAddress(to, port)));
      }
    }
    return own;
  }

  private record Sender(InetAddress address, int port, int protocol) {
    static Sender of(Seen seen) {
      return new Sender(seen.flow().source(), seen.flow().sourcePort(), seen.protocol());
    }
  }

  /** What became of each probe: how many were delivered, and whether the sender was told. */
  static Map<String, String> verdicts(List<Probe> probes, Answers answers) {
    var delivered = answers.delivered().stream().map(Sender::of).collect(toSet());
    var told = answers.returned().stream().map(s -> s.flow().destination()).collect(toSet());
    var verdicts = new LinkedHashMap<String, String>();
    for (var probe : probes) {
      var senders =
          probe.packets().stream().flatMap(p -> Seen.of(p).stream()).map(Sender::of).toList();
      var passed = senders.stream().filter(delivered::contains).count();
      var refused =
          probe.tellsRefusal()
              && passed == 0
              && senders.stream().anyMatch(sender -> told.contains(sender.address()));
      verdicts.put(
          probe.what(), refused ? "refused" : passed == 0 ? "lost" : passed + " delivered");
    }
    return verdicts;
  }
}
