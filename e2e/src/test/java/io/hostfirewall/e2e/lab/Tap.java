package io.hostfirewall.e2e.lab;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What is delivered to a namespace's own protocols. Raw sockets get a copy of every packet behind
 * the last rule of INPUT and behind defragmentation, whether anybody listens or not (raw(7)). To be
 * used on the namespace's own thread only.
 */
public final class Tap implements AutoCloseable {

  private static final int RECEIVE_BUFFER = 64 << 20;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment in = arena.allocate(65536);
  private final List<Source> sources;

  private record Source(int fd, int protocol, boolean six, Libc.Channel channel) {}

  /** Starts to listen. */
  public Tap() {
    sources =
        Stream.concat(
                IntStream.of(
                        Packet.TCP, Packet.UDP, Packet.SCTP, Packet.ESP, Packet.AH, Packet.ICMP)
                    .mapToObj(protocol -> source(protocol, false)),
                IntStream.of(
                        Packet.TCP, Packet.UDP, Packet.SCTP, Packet.ESP, Packet.AH, Packet.ICMPV6)
                    .mapToObj(protocol -> source(protocol, true)))
            .toList();
  }

  private Source source(int protocol, boolean six) {
    int fd = Libc.socket(six ? Libc.AF_INET6 : Libc.AF_INET, Libc.SOCK_RAW, protocol);
    Libc.option(fd, Libc.SOL_SOCKET, Libc.SO_RCVBUFFORCE, RECEIVE_BUFFER);
    return new Source(fd, protocol, six, new Libc.Channel(fd, arena));
  }

  /** What was delivered since the last call. An IPv6 packet does not tell its destination. */
  public List<Seen> delivered() {
    var delivered = new ArrayList<Seen>();
    for (var source : sources) {
      // A sockaddr_in6: the address stands at 8.
      var from = arena.allocate(28);
      for (int length; (length = source.channel().receive(in, from)) >= 0; ) {
        var bytes = in.asSlice(0, length).asByteBuffer().order(ByteOrder.BIG_ENDIAN);
        var packet =
            source.six()
                ? Seen.transport(
                    Seen.address(from.asByteBuffer(), 8, 16),
                    InetAddress.ofLiteral("::"),
                    source.protocol(),
                    bytes)
                : Seen.of(bytes);
        packet.filter(seen -> !seen.isLinkChatter()).ifPresent(delivered::add);
      }
    }
    return delivered;
  }

  /** How many packets of each source were delivered since the last call. */
  public Map<InetAddress, Long> deliveredBySource() {
    return delivered().stream()
        .collect(Collectors.groupingBy(seen -> seen.flow().source(), Collectors.counting()));
  }

  @Override
  public void close() {
    sources.forEach(source -> Libc.close(source.fd()));
    arena.close();
  }
}
