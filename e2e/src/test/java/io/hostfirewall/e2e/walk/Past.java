package io.hostfirewall.e2e.walk;

import io.hostfirewall.e2e.lab.Flow;
import io.hostfirewall.e2e.lab.Packet;
import io.hostfirewall.ruleset.model.Family;
import java.net.InetAddress;

/** What went before a packet: conversations that the host had when it had no rules. */
enum Past {
  /** Nothing: it is the first of its flow. */
  NONE,
  /** The host sent a datagram from {@value #ASKED} to the peer's {@value #ANSWERS}. */
  ASKED_BY_HOST,
  /** The peer sent a datagram from {@value #ANSWERS} to the host's {@value #HEARD}. */
  ASKED_BY_PEER,
  /** The peer opened a TCP connection from {@value #CALLER} to {@value #SERVER}. */
  ACCEPTED_BY_HOST,
  /** The peer sent an echo request with the id {@value #PING}, which was answered. */
  PINGED,
  /** The pod sent a datagram through the host. */
  ASKED_BY_POD,
  /** An ICMP error that quotes the datagram that the host sent. */
  ERROR_FOR_HOST,
  /** An ICMP error of the host that quotes the datagram of the peer. */
  ERROR_FOR_PEER;

  static final int ASKED = 5000;
  static final int ANSWERS = 5001;
  static final int HEARD = 5002;
  static final int CALLER = 7001;
  static final int SERVER = 7000;
  static final int PING = 77;

  /** From the peer to the host, as the datagram that the host waits for. */
  static Flow answer(Family family) {
    return new Flow(peer(family), ANSWERS, address(Addresses.of(family).host()), ASKED);
  }

  /** From the peer to the host, which may answer. */
  static Flow question(Family family) {
    return new Flow(peer(family), ANSWERS, address(Addresses.of(family).host()), HEARD);
  }

  static Flow call(Family family) {
    return new Flow(peer(family), CALLER, address(Addresses.of(family).host()), SERVER);
  }

  static Packet ping(Family family) {
    return Packet.echo(peer(family), address(Addresses.of(family).host()), PING, 1);
  }

  static Packet pong(Family family) {
    return Packet.echoReply(address(Addresses.of(family).host()), peer(family), PING, 1);
  }

  /** From the peer to the pod, as the datagram that the pod waits for. */
  static Flow answerForPod(Family family) {
    return new Flow(peer(family), ANSWERS, address(Addresses.of(family).pod()), ASKED);
  }

  private static InetAddress peer(Family family) {
    return address(Addresses.of(family).peer());
  }

  static InetAddress address(String literal) {
    return InetAddress.ofLiteral(literal);
  }
}
