package io.hostfirewall.e2e.lab;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * An IP packet as it stands on the wire, with right checksums and whatever addresses and flags it
 * was given.
 */
public final class Packet {

  /** The bits of a TCP header's flags, in order. */
  static final String FLAGS = "FSRPAUEC";

  static final int ICMP = 1;
  static final int TCP = 6;
  static final int UDP = 17;
  static final int FRAGMENT = 44;
  static final int ESP = 50;
  static final int AH = 51;
  static final int ICMPV6 = 58;
  static final int SCTP = 132;

  private static final int EXPERIMENT = 254;

  private static final Map<Character, Integer> HEADERS =
      Map.of('h', 0, 'd', 60, 'r', 43, 'f', FRAGMENT, 'a', AH);

  private static final int HOPS = 64;
  private static final int MORE_FRAGMENTS = 0x2000;
  private static final int V4_HEADER = 20;
  private static final int V6_HEADER = 40;

  private final InetAddress source;
  private final InetAddress destination;
  private final int protocol;
  private final byte[] bytes;
  private final byte[] uncut;

  private Packet(
      InetAddress source, InetAddress destination, int protocol, byte[] bytes, byte[] uncut) {
    this.source = source;
    this.destination = destination;
    this.protocol = protocol;
    this.bytes = bytes;
    this.uncut = uncut;
  }

  /**
   * A TCP segment.
   *
   * @param flags letters of FSRPAUEC; empty for a NULL scan's
   */
  public static Packet tcp(Flow flow, String flags) {
    int bits = 0;
    for (int i = 0; i < flags.length(); i++) {
      bits |= 1 << FLAGS.indexOf(flags.charAt(i));
    }
    var segment = ByteBuffer.allocate(20);
    segment.putShort((short) flow.sourcePort()).putShort((short) flow.destinationPort());
    segment.putInt(1000).putInt(flags.contains("A") ? 2000 : 0);
    segment.put((byte) 0x50).put((byte) bits).putShort((short) 0xffff);
    return of(flow.source(), flow.destination(), TCP, segment.array(), 16);
  }

  /** A UDP datagram. */
  public static Packet udp(Flow flow, byte... payload) {
    var datagram = ByteBuffer.allocate(8 + payload.length);
    datagram.putShort((short) flow.sourcePort()).putShort((short) flow.destinationPort());
    datagram.putShort((short) datagram.capacity()).putShort((short) 0).put(payload);
    return of(flow.source(), flow.destination(), UDP, datagram.array(), 6);
  }

  /** The first packet of an SCTP association, INIT (RFC 9260, section 3.3.2). */
  public static Packet sctp(Flow flow) {
    var packet = ByteBuffer.allocate(32);
    packet.putShort((short) flow.sourcePort()).putShort((short) flow.destinationPort());
    packet.putInt(0).putInt(0);
    packet.put((byte) 1).put((byte) 0).putShort((short) 20);
    packet.putInt(1).putInt(65536).putShort((short) 1).putShort((short) 1).putInt(1);
    var checksum = new CRC32C();
    checksum.update(packet.array());
    packet.order(ByteOrder.LITTLE_ENDIAN).putInt(8, (int) checksum.getValue());
    return other(flow.source(), flow.destination(), SCTP, packet.array());
  }

  /** The beginning of an ESP packet: its index and number (RFC 4303, section 2). */
  public static Packet esp(InetAddress source, InetAddress destination) {
    var packet = ByteBuffer.allocate(24).putInt(256).putInt(1);
    return other(source, destination, ESP, packet.array());
  }

  /** A datagram behind an authentication header (RFC 4302, section 2). */
  public static Packet ah(InetAddress source, InetAddress destination) {
    var packet = ByteBuffer.allocate(20).put((byte) UDP).put((byte) 1).putShort((short) 0);
    packet.putInt(256).putInt(1).putShort((short) 9).putShort((short) 9).putShort((short) 8);
    return other(source, destination, AH, packet.array());
  }

  /** An authentication header and behind it a protocol that is nobody's (RFC 3692). */
  public static Packet ahOfNobody(InetAddress source, InetAddress destination) {
    var packet = ByteBuffer.allocate(24).put((byte) EXPERIMENT).put((byte) 2).putShort((short) 0);
    return other(source, destination, AH, packet.putInt(256).putInt(1).array());
  }

  private static Packet other(
      InetAddress source, InetAddress destination, int protocol, byte[] payload) {
    var whole = packet(source, destination, protocol, payload, 1, 0);
    return new Packet(source, destination, protocol, whole, whole);
  }

  /** A packet of a protocol in which nobody looks further. */
  public static Packet other(InetAddress source, InetAddress destination, int protocol) {
    return other(source, destination, protocol, new byte[16]);
  }

  /** An echo request of the family of its addresses. */
  public static Packet echo(InetAddress source, InetAddress destination, int id, int sequence) {
    boolean six = destination instanceof Inet6Address;
    return icmp(source, destination, six ? 128 : 8, 0, (id << 16) | sequence, new byte[8]);
  }

  /** The answer to an echo request. */
  public static Packet echoReply(
      InetAddress source, InetAddress destination, int id, int sequence) {
    boolean six = destination instanceof Inet6Address;
    return icmp(source, destination, six ? 129 : 0, 0, (id << 16) | sequence, new byte[8]);
  }

  /**
   * An ICMP message of the family of its addresses.
   *
   * @param rest the four bytes after the checksum
   */
  public static Packet icmp(
      InetAddress source, InetAddress destination, int type, int code, int rest, byte[] body) {
    var message = ByteBuffer.allocate(8 + body.length);
    message.put((byte) type).put((byte) code).putShort((short) 0).putInt(rest).put(body);
    int protocol = destination instanceof Inet6Address ? ICMPV6 : ICMP;
    return of(source, destination, protocol, message.array(), 2);
  }

  private static Packet of(
      InetAddress source, InetAddress destination, int protocol, byte[] payload, int checksumAt) {
    var checksum = checksum(pseudoHeader(source, destination, protocol, payload), payload);
    ByteBuffer.wrap(payload).putShort(checksumAt, checksum);
    var whole = packet(source, destination, protocol, payload, 1, 0);
    return new Packet(source, destination, protocol, whole, whole);
  }

  private static byte[] packet(
      InetAddress source,
      InetAddress destination,
      int protocol,
      byte[] payload,
      int id,
      int fragment) {
    var header = destination instanceof Inet6Address ? V6_HEADER : V4_HEADER;
    var packet = ByteBuffer.allocate(header + payload.length);
    if (header == V6_HEADER) {
      packet.putInt(6 << 28).putShort((short) payload.length);
      packet.put((byte) protocol).put((byte) HOPS);
      packet.put(source.getAddress()).put(destination.getAddress());
    } else {
      packet.putShort((short) 0x4500).putShort((short) packet.capacity());
      packet.putShort((short) id).putShort((short) fragment);
      packet.put((byte) HOPS).put((byte) protocol).putShort((short) 0);
      packet.put(source.getAddress()).put(destination.getAddress());
      packet.putShort(10, checksum(new byte[0], packet.array()));
    }
    packet.put(payload);
    return packet.array();
  }

  /**
   * The same packet in pieces.
   *
   * @param size bytes of payload in each but the last, a multiple of 8
   * @param id by which the receiver puts them together
   */
  public List<Packet> fragments(int size, int id) {
    var length = payload().length;
    var pieces = new ArrayList<Packet>();
    for (int from = 0; from < length; from += size) {
      pieces.add(piece(from, Math.min(from + size, length), id));
    }
    return pieces;
  }

  /** The bytes of the payload from one multiple of 8 to before another. */
  public Packet piece(int from, int to, int id) {
    var part = Arrays.copyOfRange(payload(), from, to);
    var more = to < payload().length;
    var cut = isIpv6() ? ipv6Piece(part, from, id, more) : ipv4Piece(part, from, id, more);
    return new Packet(source, destination, protocol, cut, uncut);
  }

  private byte[] ipv4Piece(byte[] part, int from, int id, boolean more) {
    int fragment = (from / 8) | (more ? MORE_FRAGMENTS : 0);
    return packet(source, destination, protocol, part, id, fragment);
  }

  private byte[] ipv6Piece(byte[] part, int from, int id, boolean more) {
    var behind = ByteBuffer.allocate(8 + part.length);
    behind.put((byte) protocol).put((byte) 0).putShort((short) (from | (more ? 1 : 0)));
    behind.putInt(id).put(part);
    return packet(source, destination, FRAGMENT, behind.array(), id, 0);
  }

  /** The same packet with another hop limit, or time to live. */
  public Packet withHops(int hops) {
    var changed = bytes.clone();
    if (isIpv6()) {
      changed[7] = (byte) hops;
    } else {
      changed[8] = (byte) hops;
      var header = ByteBuffer.wrap(changed, 0, V4_HEADER).putShort(10, (short) 0);
      header.putShort(10, checksum(new byte[0], Arrays.copyOf(changed, V4_HEADER)));
    }
    return new Packet(source, destination, protocol, changed, changed);
  }

  /**
   * The same packet of IPv6 with headers between its own and what it carries (RFC 8200, section 4;
   * RFC 4302, section 2; RFC 8754).
   *
   * @param headers letters, the first one is the outermost: {@code h}op-by-hop options, {@code
   *     d}estination options, {@code r}outing, {@code f}ragment (of a packet in one piece), {@code
   *     a}uthentication
   */
  public Packet behind(String headers) {
    var next = bytes[6] & 0xff;
    var behind = payload();
    for (var i = headers.length() - 1; i >= 0; i--) {
      var letter = headers.charAt(i);
      behind = header(letter, next, behind);
      next = HEADERS.get(letter);
    }
    var whole = packet(source, destination, next, behind, 1, 0);
    return new Packet(source, destination, next, whole, whole).withHops(bytes[7] & 0xff);
  }

  private static byte[] header(char letter, int next, byte[] behind) {
    var length = letter == 'a' ? 24 : 8;
    var header = ByteBuffer.allocate(length + behind.length);
    header.put((byte) next);
    switch (letter) {
      case 'h', 'd' -> header.put((byte) 0).putShort((short) 0x0104).putInt(0); // PadN
      case 'r' -> header.put((byte) 0).put((byte) 4).put((byte) 0).putInt(0); // no segments left
      case 'f' -> header.put((byte) 0).putShort((short) 0).putInt(1);
      case 'a' -> header.put((byte) 4).putShort((short) 0).putInt(256).putInt(1);
      default -> throw new IllegalArgumentException("no header: " + letter);
    }
    return header.position(length).put(behind).array();
  }

  /** What an ICMP error quotes of this packet. */
  public byte[] quoted() {
    return bytes.clone();
  }

  boolean isIpv6() {
    return destination instanceof Inet6Address;
  }

  InetAddress destination() {
    return destination;
  }

  /** The packet of which this is a piece, or this one. */
  byte[] uncut() {
    return uncut;
  }

  byte[] bytes() {
    return bytes;
  }

  private byte[] payload() {
    return Arrays.copyOfRange(bytes, isIpv6() ? V6_HEADER : V4_HEADER, bytes.length);
  }

  /** RFC 793 and RFC 8200, section 8.1; ICMP of IPv4 has none. */
  private static byte[] pseudoHeader(
      InetAddress source, InetAddress destination, int protocol, byte[] payload) {
    if (protocol == ICMP) {
      return new byte[0];
    }
    var header = ByteBuffer.allocate(source.getAddress().length * 2 + 8);
    header.put(source.getAddress()).put(destination.getAddress());
    return header.putInt(payload.length).putInt(protocol).array();
  }

  private static short checksum(byte[] first, byte[] second) {
    long sum = sum(first) + sum(second);
    while (sum >> 16 != 0) {
      sum = (sum & 0xffff) + (sum >> 16);
    }
    return (short) ~sum;
  }

  private static long sum(byte[] bytes) {
    long sum = 0;
    for (int i = 0; i < bytes.length; i++) {
      sum += (bytes[i] & 0xffL) << (i % 2 == 0 ? 8 : 0);
    }
    return sum;
  }
}
