package io.hostfirewall.e2e.lab;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A packet that arrived somewhere.
 *
 * @param flow for ICMP echo, the source port is the id
 * @param flags letters of FSRPAUEC, of TCP
 * @param type of ICMP
 */
public record Seen(Flow flow, int protocol, String flags, int type, int code) {

  /** Reads a packet that was made here, before it was cut. */
  public static Optional<Seen> of(Packet packet) {
    return of(ByteBuffer.wrap(packet.uncut()));
  }

  /** Reads an IP packet; empty for a fragment other than the first and for what has no ports. */
  static Optional<Seen> of(ByteBuffer packet) {
    return packet.get(0) >> 4 == 6 ? ofIpv6(packet) : ofIpv4(packet);
  }

  private static Optional<Seen> ofIpv4(ByteBuffer packet) {
    if ((packet.getShort(6) & 0x1fff) != 0) {
      return Optional.empty();
    }
    int header = (packet.get(0) & 0xf) * 4;
    return transport(
        address(packet, 12, 4),
        address(packet, 16, 4),
        packet.get(9) & 0xff,
        packet.slice(header, packet.limit() - header));
  }

  private static Optional<Seen> ofIpv6(ByteBuffer packet) {
    return transport(
        address(packet, 8, 16),
        address(packet, 24, 16),
        packet.get(6) & 0xff,
        packet.slice(40, packet.limit() - 40));
  }

  /** Reads what stands behind the IP header. */
  static Optional<Seen> transport(
      InetAddress source, InetAddress destination, int protocol, ByteBuffer bytes) {
    return switch (protocol) {
      case Packet.TCP ->
          Optional.of(
              new Seen(ports(source, destination, bytes), protocol, letters(bytes.get(13)), 0, 0));
      case Packet.UDP, Packet.SCTP ->
          Optional.of(new Seen(ports(source, destination, bytes), protocol, "", 0, 0));
      case Packet.ICMP, Packet.ICMPV6 ->
          Optional.of(
              new Seen(
                  new Flow(source, bytes.getShort(4) & 0xffff, destination, 0),
                  protocol,
                  "",
                  bytes.get(0) & 0xff,
                  bytes.get(1) & 0xff));
      case Packet.ESP, Packet.AH ->
          Optional.of(new Seen(new Flow(source, 0, destination, 0), protocol, "", 0, 0));
      default -> Optional.empty();
    };
  }

  public boolean isTcp() {
    return protocol == Packet.TCP;
  }

  public boolean isUdp() {
    return protocol == Packet.UDP;
  }

  public boolean isIcmp() {
    return protocol == Packet.ICMP || protocol == Packet.ICMPV6;
  }

  public boolean isEchoReply() {
    return type == (protocol == Packet.ICMP ? 0 : 129) && isIcmp();
  }

  public boolean isEchoRequest() {
    return type == (protocol == Packet.ICMP ? 8 : 128) && isIcmp();
  }

  /** Router and neighbour discovery and multicast membership, which a link always carries. */
  boolean isLinkChatter() {
    return protocol == Packet.ICMPV6 && ((type >= 130 && type <= 137) || type == 143);
  }

  private static Flow ports(InetAddress source, InetAddress destination, ByteBuffer bytes) {
    return new Flow(source, bytes.getShort(0) & 0xffff, destination, bytes.getShort(2) & 0xffff);
  }

  private static String letters(byte bits) {
    var flags = new StringBuilder();
    for (int i = 0; i < Packet.FLAGS.length(); i++) {
      if ((bits & 1 << i) != 0) {
        flags.append(Packet.FLAGS.charAt(i));
      }
    }
    return flags.toString();
  }

  static InetAddress address(ByteBuffer packet, int at, int length) {
    var bytes = new byte[length];
    packet.get(at, bytes);
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
