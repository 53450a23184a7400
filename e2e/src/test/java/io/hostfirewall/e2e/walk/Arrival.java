package io.hostfirewall.e2e.walk;

import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.ConnState;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match.AddressType;
import io.hostfirewall.ruleset.model.PortRange;
import io.hostfirewall.ruleset.model.TcpFlag;
import io.hostfirewall.ruleset.packet.FirstSight;
import io.hostfirewall.ruleset.walk.Packet;
import io.hostfirewall.ruleset.walk.Packet.Way;
import io.hostfirewall.ruleset.walk.Transport;
import java.util.EnumSet;
import java.util.Set;

/** What a packet is to the host that judges: the input of the walk. */
final class Arrival {

  /** The host translates these ports of its addresses to a pod's, as for a NodePort. */
  static final PortRange TO_POD = new PortRange(30000, 30999);

  static final int POD_PORT = 8080;

  /** And these to a port of its own, as for a NodePort whose backend is on the host's network. */
  static final PortRange TO_HOST = new PortRange(31000, 31999);

  static final int HOST_PORT = 6443;

  private Arrival() {}

  static Packet of(Probe probe) {
    var addresses = Addresses.of(probe.family());
    var states = states(probe);
    var destination = probe.destination();
    var port = probe.destinationPort();
    if (states.contains(ConnState.DNAT)) {
      var toPod = isToPod(port);
      destination = toPod ? addresses.pod() : addresses.host();
      port = toPod ? POD_PORT : HOST_PORT;
    }
    var type = addresses.type(destination);
    var transport = transport(probe, port);
    return new Packet(
        type == AddressType.UNICAST ? Way.FORWARD : Way.INPUT,
        probe.in(),
        "",
        Cidr.parse(probe.source()),
        Cidr.parse(destination),
        type,
        transport,
        probe.hops(),
        states,
        Cidr.parse(probe.destination()),
        originalPort(probe),
        false);
  }

  private static Integer originalPort(Probe probe) {
    return switch (probe.past()) {
      case ASKED_BY_HOST, ASKED_BY_POD -> Past.ANSWERS;
      default -> probe.destinationPort();
    };
  }

  private static Set<ConnState> states(Probe probe) {
    return switch (probe.past()) {
      case ASKED_BY_HOST, ACCEPTED_BY_HOST, PINGED, ASKED_BY_POD -> Set.of(ConnState.ESTABLISHED);
      case ASKED_BY_PEER, ERROR_FOR_PEER ->
          throw new IllegalArgumentException("nobody sends this to the host: " + probe);
      case ERROR_FOR_HOST -> Set.of(ConnState.RELATED);
      case NONE -> {
        var state = FirstSight.of(transport(probe, probe.destinationPort()), probe.family());
        yield state == ConnState.NEW && isTranslated(probe)
            ? EnumSet.of(ConnState.NEW, ConnState.DNAT)
            : Set.of(state);
      }
    };
  }

  static boolean isTranslated(Probe probe) {
    return probe.hasPorts()
        && Addresses.of(probe.family()).isOwn(probe.destination())
        && isTranslatedPort(probe.destinationPort());
  }

  static boolean isTranslatedPort(int port) {
    return isToPod(port) || holds(TO_HOST, port);
  }

  static boolean isToPod(int port) {
    return holds(TO_POD, port);
  }

  private static boolean holds(PortRange range, int port) {
    return range.first() <= port && port <= range.last();
  }

  static Transport transport(Probe probe, int port) {
    var carried = carried(probe, port);
    return probe.isAuthenticated() ? new Transport.Authenticated(carried) : carried;
  }

  private static Transport carried(Probe probe, int port) {
    return switch (probe.protocol()) {
      case Probe.TCP -> new Transport.Tcp(probe.sourcePort(), port, flags(probe.flags()));
      case Probe.UDP -> new Transport.Udp(probe.sourcePort(), port);
      case Probe.SCTP -> new Transport.Sctp(probe.sourcePort(), port);
      case Probe.ICMP -> new Transport.Icmp(Family.IPV4, probe.type(), probe.code());
      case Probe.ICMPV6 -> new Transport.Icmp(Family.IPV6, probe.type(), probe.code());
      case Probe.AH -> ofNobody(probe.family());
      default -> new Transport.Other(probe.protocol());
    };
  }

  /** As {@code Packet.ahOfNobody} makes it. */
  private static Transport ofNobody(Family family) {
    return family == Family.IPV4
        ? new Transport.Other(Probe.AH)
        : new Transport.Authenticated(new Transport.Other(254));
  }

  private static Set<TcpFlag> flags(String letters) {
    var flags = EnumSet.noneOf(TcpFlag.class);
    for (var flag : TcpFlag.values()) {
      if (letters.indexOf(flag.name().charAt(0)) >= 0) {
        flags.add(flag);
      }
    }
    return flags;
  }
}
