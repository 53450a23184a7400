package io.hostfirewall.e2e.walk;

import io.hostfirewall.e2e.lab.Flow;
import io.hostfirewall.e2e.lab.Packet;
import io.hostfirewall.ruleset.model.Family;
import java.net.InetAddress;

/**
 * A packet for the host that judges, told so that it can be written down.
 *
 * @param in the host's interface by which it comes
 * @param sourcePort of TCP, UDP and SCTP; 0 otherwise
 * @param flags of TCP, letters of FSRPAUEC
 * @param type of ICMP
 * @param hops its hop limit or time to live
 */
record Probe(
    String in,
    String source,
    String destination,
    int protocol,
    int sourcePort,
    int destinationPort,
    String flags,
    int type,
    int code,
    int hops,
    Past past) {

  static final int ICMP = 1;
  static final int TCP = 6;
  static final int UDP = 17;
  static final int ICMPV6 = 58;
  static final int SCTP = 132;

  Family family() {
    return Addresses.family(destination);
  }

  boolean isIcmp() {
    return protocol == ICMP || protocol == ICMPV6;
  }

  boolean hasPorts() {
    return protocol == TCP || protocol == UDP || protocol == SCTP;
  }

  /** As it stands on the wire. */
  Packet packet() {
    var from = InetAddress.ofLiteral(source);
    var to = InetAddress.ofLiteral(destination);
    var flow = new Flow(from, sourcePort, to, destinationPort);
    var packet =
        switch (protocol) {
          case TCP -> Packet.tcp(flow, flags);
          case UDP -> Packet.udp(flow, (byte) 1);
          case SCTP -> Packet.sctp(flow);
          case ICMP, ICMPV6 -> icmp(from, to);
          default -> Packet.other(from, to, protocol);
        };
    return packet.withHops(hops);
  }

  private Packet icmp(InetAddress from, InetAddress to) {
    if (past == Past.PINGED) {
      return Past.ping(family());
    }
    var body =
        past == Past.ERROR_FOR_HOST
            ? Packet.udp(Past.answer(family()).reversed(), (byte) 1).quoted()
            : new byte[32];
    return Packet.icmp(from, to, type, code, 0, body);
  }
}
