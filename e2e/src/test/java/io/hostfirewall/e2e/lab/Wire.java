package io.hostfirewall.e2e.lab;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * An interface on which packets are sent past the kernel's own IP, and everything that comes back
 * is seen. To be used on the namespace's own thread only.
 */
public final class Wire implements AutoCloseable {

  private static final int ETH_P_ALL = 0x0003;
  private static final int ETH_P_IP = 0x0800;
  private static final int ETH_P_ARP = 0x0806;
  private static final int ETH_P_IPV6 = 0x86dd;
  private static final int RECEIVE_BUFFER = 256 << 20;

  /**
   * Round trips until a packet and its answer have passed every queue: each round trip passes two,
   * and the way to a pod and back, with both neighbours asked for their link address, has eight.
   */
  private static final int ROUND_TRIPS = 6;

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Arena arena = Arena.ofShared();
  private final MemorySegment out = arena.allocate(4096);
  private final MemorySegment in = arena.allocate(65536);
  private final MemorySegment from = arena.allocate(20);
  private final MemorySegment toIpv4;
  private final MemorySegment toIpv6;
  private final MemorySegment toArp;
  private final byte[] host;
  private final int fd;
  private final Libc.Channel channel;
  private final List<Seen> seen = new ArrayList<>();
  private int probes;

  /**
   * Opens a wire.
   *
   * @param mac link address of the host at the other end
   * @param host its IPv4 address, which it answers ARP for whatever its rules say
   */
  public Wire(String interfaceName, byte[] mac, byte[] host) {
    this.host = host.clone();
    int index = Libc.interfaceIndex(interfaceName);
    toIpv4 = linkAddress(ETH_P_IP, index, mac);
    toIpv6 = linkAddress(ETH_P_IPV6, index, mac);
    toArp = linkAddress(ETH_P_ARP, index, mac);
    fd = Libc.socket(Libc.AF_PACKET, Libc.SOCK_DGRAM, 0);
    Libc.option(fd, Libc.SOL_PACKET, Libc.PACKET_IGNORE_OUTGOING, 1);
    Libc.option(fd, Libc.SOL_SOCKET, Libc.SO_RCVBUFFORCE, RECEIVE_BUFFER);
    Libc.bind(fd, linkAddress(ETH_P_ALL, index, mac));
    channel = new Libc.Channel(fd, arena);
  }

  /** Sends a packet. */
  public void send(Packet packet) {
    var bytes = packet.bytes();
    MemorySegment.copy(bytes, 0, out, ValueLayout.JAVA_BYTE, 0, bytes.length);
    channel.send(out, bytes.length, packet.isIpv6() ? toIpv6 : toIpv4);
  }

  /** Throws away what came back so far. */
  public void forget() {
    while (channel.receive(in, from) >= 0) {
      seen.clear();
    }
  }

  /**
   * Waits until the other end answers. A link that was just made loses packets until the kernel has
   * noticed that it is up.
   */
  public void awaitHost() {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!isAnswered(probe(), Duration.ofMillis(10))) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("the host does not answer ARP");
      }
    }
  }

  /** Everything that came back since the last call, when all that was sent has been dealt with. */
  public List<Seen> answers() {
    for (int i = 0; i < ROUND_TRIPS; i++) {
      roundTrip();
    }
    var answers = seen.stream().filter(packet -> !packet.isLinkChatter()).toList();
    seen.clear();
    return answers;
  }

  private void roundTrip() {
    if (!isAnswered(probe(), PATIENCE)) {
      throw new IllegalStateException("the host does not answer ARP any more");
    }
  }

  /**
   * ARP is not subject to iptables, and stands in the same queue: when its answer is here, the
   * packets sent before have been judged. It is asked without an address of the asker, as in
   * duplicate address detection, which leaves no entry in the neighbour table; each probe asks from
   * another link address, so that its answer is known.
   */
  private int probe() {
    int probe = ++probes;
    var request = ByteBuffer.allocate(28);
    request.putShort((short) 1).putShort((short) ETH_P_IP).put((byte) 6).put((byte) 4);
    request.putShort((short) 1).putShort((short) 0x0200).putInt(probe).putInt(0);
    request.put(new byte[6]).put(host);
    MemorySegment.copy(request.array(), 0, out, ValueLayout.JAVA_BYTE, 0, 28);
    channel.send(out, 28, toArp);
    return probe;
  }

  private boolean isAnswered(int probe, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!drainUntil(probe)) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      LockSupport.parkNanos(10_000);
    }
    return true;
  }

  private boolean drainUntil(int probe) {
    for (int length; (length = channel.receive(in, from)) >= 0; ) {
      var packet = in.asSlice(0, length).asByteBuffer().order(ByteOrder.BIG_ENDIAN);
      int protocol = Short.toUnsignedInt(bigEndian(from, 2));
      if (protocol == ETH_P_ARP) {
        if (packet.getShort(6) == 2 && packet.getInt(20) == probe) {
          return true;
        }
      } else if (protocol == ETH_P_IP || protocol == ETH_P_IPV6) {
        Seen.of(packet).ifPresent(seen::add);
      }
    }
    return false;
  }

  private static short bigEndian(MemorySegment segment, long at) {
    return segment.get(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN), at);
  }

  /** A sockaddr_ll, packet(7). */
  private MemorySegment linkAddress(int protocol, int index, byte[] mac) {
    var address = arena.allocate(20, 4);
    var bytes = ByteBuffer.allocate(20).order(ByteOrder.nativeOrder());
    bytes.putShort((short) Libc.AF_PACKET);
    bytes.put((byte) (protocol >> 8)).put((byte) protocol);
    bytes.putInt(index).putShort((short) 0).put((byte) 0).put((byte) 6).put(mac);
    MemorySegment.copy(bytes.array(), 0, address, ValueLayout.JAVA_BYTE, 0, 20);
    return address;
  }

  @Override
  public void close() {
    Libc.close(fd);
    arena.close();
  }
}
