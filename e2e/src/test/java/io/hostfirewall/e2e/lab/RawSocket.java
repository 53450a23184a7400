package io.hostfirewall.e2e.lab;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Sends whole IP packets as a process of the namespace does: by its routes and past its rules. To
 * be used on the namespace's own thread only.
 */
public final class RawSocket implements AutoCloseable {

  private final Arena arena = Arena.ofShared();
  private final MemorySegment out = arena.allocate(4096);
  private final Way ipv4;
  private final Way ipv6;

  /** The socket of a family, and room for where it shall send. */
  private record Way(int fd, Libc.Channel channel, MemorySegment to) {}

  /**
   * Opens it.
   *
   * @param mark by which rules tell its packets from what the namespace sends otherwise
   */
  public RawSocket(int mark) {
    ipv4 = open(Libc.AF_INET, mark, 16);
    ipv6 = open(Libc.AF_INET6, mark, 28);
  }

  /** With IPPROTO_RAW the header is that of the sender, raw(7). */
  private Way open(int family, int mark, int addressBytes) {
    var fd = Libc.socket(family, Libc.SOCK_RAW, Libc.IPPROTO_RAW);
    Libc.option(fd, Libc.SOL_SOCKET, Libc.SO_MARK, mark);
    Libc.option(fd, Libc.SOL_SOCKET, Libc.SO_BROADCAST, 1);
    return new Way(fd, new Libc.Channel(fd, arena), arena.allocate(addressBytes, 4));
  }

  /**
   * Sends a packet.
   *
   * @param device by which it shall leave where its destination is one of a link
   * @return whether rules let it pass
   */
  public boolean send(Packet packet, String device) {
    var bytes = packet.bytes();
    MemorySegment.copy(bytes, 0, out, ValueLayout.JAVA_BYTE, 0, bytes.length);
    var way = packet.isIpv6() ? ipv6 : ipv4;
    var to = packet.isIpv6() ? ipv6(packet.destination(), device) : ipv4(packet.destination());
    MemorySegment.copy(to, 0, way.to(), ValueLayout.JAVA_BYTE, 0, to.length);
    return way.channel().sendIfAllowed(out, bytes.length, way.to());
  }

  /** A sockaddr_in, ip(7). */
  private static byte[] ipv4(InetAddress destination) {
    return ByteBuffer.allocate(16)
        .order(ByteOrder.nativeOrder())
        .putShort((short) Libc.AF_INET)
        .putShort((short) 0)
        .put(destination.getAddress())
        .array();
  }

  /** A sockaddr_in6, ipv6(7). */
  private static byte[] ipv6(InetAddress destination, String device) {
    var isOfLink = destination.isLinkLocalAddress() || destination.isMulticastAddress();
    return ByteBuffer.allocate(28)
        .order(ByteOrder.nativeOrder())
        .putShort((short) Libc.AF_INET6)
        .putShort((short) 0)
        .putInt(0)
        .put(destination.getAddress())
        .putInt(isOfLink ? Libc.interfaceIndex(device) : 0)
        .array();
  }

  @Override
  public void close() {
    Libc.close(ipv4.fd());
    Libc.close(ipv6.fd());
    arena.close();
  }
}
