package io.hostfirewall.e2e.walk;

import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.ConnState;
import io.hostfirewall.ruleset.model.Match.AddressType;
import io.hostfirewall.ruleset.packet.FirstSight;
import io.hostfirewall.ruleset.walk.Packet;
import io.hostfirewall.ruleset.walk.Packet.Way;
import java.util.EnumSet;
import java.util.Set;

/**
 * What a packet is to the host that sends it: the input of the walk. The host translates ports of a
 * service's address, to a pod or to somebody outside. Rules see where it goes then, but still the
 * interface by which it would have gone (nf_hook_state of linux/netfilter.h).
 */
final class Departure {

  private Departure() {}

  static Packet of(Probe probe, String out) {
    var addresses = Addresses.of(probe.family());
    var states = states(probe);
    var destination = probe.destination();
    var port = probe.destinationPort();
    if (states.contains(ConnState.DNAT)) {
      var toPod = Arrival.isToPod(port);
      destination = toPod ? addresses.pod() : addresses.outside();
      port = toPod ? Arrival.POD_PORT : Arrival.HOST_PORT;
    }
    return new Packet(
        Way.OUTPUT,
        "",
        out,
        Cidr.parse(probe.source()),
        Cidr.parse(destination),
        addresses.isOwn(destination) ? AddressType.LOCAL : AddressType.UNICAST,
        Arrival.transport(probe, port),
        probe.hops(),
        states,
        Cidr.parse(probe.destination()),
        probe.destinationPort(),
        false);
  }

  private static Set<ConnState> states(Probe probe) {
    return switch (probe.past()) {
      case ASKED_BY_PEER, ACCEPTED_BY_HOST, PINGED -> Set.of(ConnState.ESTABLISHED);
      case ERROR_FOR_PEER -> Set.of(ConnState.RELATED);
      case NONE -> {
        var state =
            FirstSight.of(Arrival.transport(probe, probe.destinationPort()), probe.family());
        yield state == ConnState.NEW && isTranslated(probe)
            ? EnumSet.of(ConnState.NEW, ConnState.DNAT)
            : Set.of(state);
      }
      default -> throw new IllegalArgumentException("the host does not send this: " + probe);
    };
  }

  private static boolean isTranslated(Probe probe) {
    return probe.hasPorts()
        && probe.destination().equals(Addresses.of(probe.family()).service())
        && Arrival.isTranslatedPort(probe.destinationPort());
  }
}
