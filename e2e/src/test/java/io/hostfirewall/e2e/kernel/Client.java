package io.hostfirewall.e2e.kernel;

import static java.util.stream.Collectors.toSet;

import io.hostfirewall.e2e.lab.Flow;
import io.hostfirewall.e2e.lab.Packet;
import io.hostfirewall.e2e.lab.Seen;
import io.hostfirewall.e2e.lab.Topology;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Somebody outside who speaks to the host from one address. Each packet is a connection of its own
 * unless said otherwise.
 */
final class Client {

  private static final int FIRST_PORT = 20_000;

  private final Topology topology;
  private final InetAddress address;
  private final InetAddress host;
  private int used;

  Client(Topology topology, InetAddress address, InetAddress host) {
    this.topology = topology;
    this.address = address;
    this.host = host;
  }

  InetAddress address() {
    return address;
  }

  /** Tries to connect so many times to a port of the host. */
  Answers connect(int times, int port) {
    return scan(times, "S", port);
  }

  /** Tries to connect so many times to a port of another address. */
  Answers connect(int times, InetAddress destination, int port) {
    return send(each(times, () -> Packet.tcp(newFlow(destination, port), "S")));
  }

  /** Sends so many TCP segments with these flags (letters of FSRPAUEC) and no connection. */
  Answers scan(int times, String flags, int port) {
    return send(each(times, () -> Packet.tcp(newFlow(host, port), flags)));
  }

  /** Sends so many datagrams. */
  Answers datagrams(int times, int port) {
    return send(each(times, () -> Packet.udp(newFlow(host, port), (byte) 1)));
  }

  /** Tries so many times to begin an SCTP association. */
  Answers associate(int times, int port) {
    return send(each(times, () -> Packet.sctp(newFlow(host, port))));
  }

  /** Pings as one ping program does: one id, counting sequence numbers. */
  Answers ping(int times) {
    int id = ++used;
    return send(
        IntStream.rangeClosed(1, times)
            .mapToObj(sequence -> Packet.echo(address, host, id, sequence))
            .toList());
  }

  /** Pings as so many ping programs do, each with an id of its own. */
  Answers pingWithNewIds(int times) {
    return send(each(times, () -> Packet.echo(address, host, ++used, 1)));
  }

  /**
   * Sends packets as they are. Of what the host or pod gets, only these packets count as delivered.
   */
  Answers send(List<Packet> packets) {
    var sources =
        packets.stream().flatMap(p -> Seen.of(p).stream()).map(Sender::of).collect(toSet());
    return topology
        .outside()
        .call(
            () -> {
              var wire = topology.wire();
              wire.answers();
              delivered();
              long start = System.nanoTime();
              packets.forEach(wire::send);
              var took = Duration.ofNanos(System.nanoTime() - start);
              var returned = wire.answers();
              var delivered =
                  delivered().stream().filter(seen -> sources.contains(Sender.of(seen))).toList();
              return new Answers(packets.size(), returned, delivered, took);
            });
  }

  /** What translation of the destination leaves. */
  private record Sender(InetAddress address, int port, String flags) {

    static Sender of(Seen packet) {
      return new Sender(packet.flow().source(), packet.flow().sourcePort(), packet.flags());
    }
  }

  private List<Seen> delivered() {
    return Stream.concat(
            topology.host().call(topology.hostTap()::delivered).stream(),
            topology.pod().call(topology.podTap()::delivered).stream())
        .toList();
  }

  Flow newFlow(InetAddress destination, int port) {
    return new Flow(address, FIRST_PORT + ++used % 40_000, destination, port);
  }

  private static List<Packet> each(int times, Supplier<Packet> packet) {
    return IntStream.range(0, times).mapToObj(i -> packet.get()).toList();
  }
}
