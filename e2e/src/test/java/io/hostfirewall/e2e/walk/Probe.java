package io.hostfirewall.e2e.walk;

import io.hostfirewall.e2e.lab.Flow;
import io.hostfirewall.e2e.lab.Packet;
import io.hostfirewall.ruleset.model.Family;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A packet for the host that judges, or of its own, told so that it can be written down.
 *
 * @param in the host's interface by which it comes; empty if the host sends it
 * @param out the interface by which the host sends it; null if it comes
 * @param sourcePort of TCP, UDP and SCTP; 0 otherwise
 * @param flags of TCP, letters of FSRPAUEC
 * @param type of ICMP
 * @param hops its hop limit or time to live
 * @param cut whether it comes in pieces of eight bytes
 * @param behind headers of IPv6 before what it carries, as {@link Packet#behind} takes them; null
 *     for none
 */
record Probe(
    String in,
    @Nullable String out,
    String source,
    String destination,
    int protocol,
    int sourcePort,
    int destinationPort,
    String flags,
    int type,
    int code,
    int hops,
    boolean cut,
    Past past,
    @Nullable String behind) {

  static final int ICMP = 1;
  static final int TCP = 6;
  static final int UDP = 17;
  static final int ICMPV6 = 58;
  static final int AH = 51;
  static final int SCTP = 132;

  /** The least that a piece may carry. */
  private static final int PIECE = 8;

  Family family() {
    return Addresses.family(destination);
  }

  boolean isSent() {
    return out != null;
  }

  boolean isIcmp() {
    return protocol == ICMP || protocol == ICMPV6;
  }

  boolean hasPorts() {
    return protocol == TCP || protocol == UDP || protocol == SCTP;
  }

  /** The same from another port. */
  Probe from(int port) {
    return new Probe(
        in,
        out,
        source,
        destination,
        protocol,
        port,
        destinationPort,
        flags,
        type,
        code,
        hops,
        cut,
        past,
        behind);
  }

  /** The same behind other headers. */
  Probe behind(String headers) {
    return new Probe(
        in,
        out,
        source,
        destination,
        protocol,
        sourcePort,
        destinationPort,
        flags,
        type,
        code,
        hops,
        cut,
        past,
        headers);
  }

  boolean isAuthenticated() {
    return behind != null && behind.indexOf('a') >= 0;
  }

  /**
   * As it stands on the wire, in one piece or in several if it is cut.
   *
   * @param id tells its pieces from those of others
   */
  List<Packet> pieces(int id) {
    return cut
        ? whole().fragments(PIECE, id).stream().map(piece -> piece.withHops(hops)).toList()
        : List.of(packet());
  }

  /** As it stands on the wire in one piece. */
  Packet packet() {
    var packet = whole().withHops(hops);
    return behind == null ? packet : packet.behind(behind);
  }

  private Packet whole() {
    var from = InetAddress.ofLiteral(source);
    var to = InetAddress.ofLiteral(destination);
    var flow = new Flow(from, sourcePort, to, destinationPort);
    return switch (protocol) {
      case TCP -> Packet.tcp(flow, flags);
      case UDP -> Packet.udp(flow, (byte) 1);
      case SCTP -> Packet.sctp(flow);
      case ICMP, ICMPV6 -> icmp(from, to);
      case AH -> Packet.ahOfNobody(from, to);
      default -> Packet.other(from, to, protocol);
    };
  }

  private Packet icmp(InetAddress from, InetAddress to) {
    return switch (past) {
      case PINGED -> isSent() ? Past.pong(family()) : Past.ping(family());
      case ERROR_FOR_HOST -> error(from, to, Past.answer(family()).reversed());
      case ERROR_FOR_PEER -> error(from, to, Past.question(family()));
      default -> Packet.icmp(from, to, type, code, 0, new byte[32]);
    };
  }

  private Packet error(InetAddress from, InetAddress to, Flow about) {
    return Packet.icmp(from, to, type, code, 0, Packet.udp(about, (byte) 1).quoted());
  }
}
