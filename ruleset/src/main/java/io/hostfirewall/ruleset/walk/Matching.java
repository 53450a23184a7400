package io.hostfirewall.ruleset.walk;

import io.hostfirewall.ruleset.model.ConnState;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.PortRange;
import io.hostfirewall.ruleset.model.Protocol;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.TcpFlag;
import java.util.EnumSet;
import java.util.Set;

/** Whether a packet meets the matches of rules, each as the kernel decides it. */
record Matching(Packet packet, Surroundings surroundings) {

  enum Answer {
    YES,
    NO,
    /** The match is not ours. */
    UNKNOWN,
    /** A match drops the packet itself, whatever the rule's verdict. */
    DROPPED
  }

  /** The same of a packet that the kernel no longer tracks. */
  Matching untracked() {
    return new Matching(packet.in(ConnState.UNTRACKED), surroundings);
  }

  /** What cannot be told matters only if everything else holds. */
  Answer meets(Rule rule) {
    var isKnown = true;
    for (var match : rule.matches()) {
      if (match instanceof Match.Verbatim) {
        isKnown = false;
      } else if (drops(match)) {
        return isKnown ? Answer.DROPPED : Answer.UNKNOWN;
      } else if (!holds(match)) {
        return Answer.NO;
      }
    }
    return isKnown ? Answer.YES : Answer.UNKNOWN;
  }

  /** What connection tracking finds no protocol in cannot be counted (xt_connlimit.c, hotdrop). */
  private boolean drops(Match match) {
    return match instanceof Match.ConnectionsAbove && packet.transport().isNothing(packet.family());
  }

  private boolean holds(Match match) {
    return switch (match) {
      case Match.Source(var network, var negated) -> network.contains(packet.source()) != negated;
      case Match.Destination(var network, var negated) ->
          network.contains(packet.destination()) != negated;
      case Match.InInterface(var name, var negated) -> isNamed(packet.in(), name) != negated;
      case Match.OutInterface(var name, var negated) -> isNamed(packet.out(), name) != negated;
      case Match.IsProtocol(var protocol, var negated) ->
          transport().protocol().equals(protocol) != negated;
      case Match.AuthenticationHeader() ->
          packet.transport().protocol().equals(Protocol.AUTHENTICATION);
      case Match.Ports ports -> holds(ports);
      case Match.MultiPort(var ranges) ->
          transport()
              .ports()
              .filter(p -> ranges.stream().anyMatch(range -> holds(range, p.destination())))
              .isPresent();
      case Match.TcpFlags(var mask, var set, var negated) ->
          transport() instanceof Transport.Tcp tcp
              && among(tcp.flags(), mask).equals(set) != negated;
      case Match.IcmpType(var family, var type, var code) ->
          transport() instanceof Transport.Icmp icmp
              && icmp.family() == family
              && icmp.type() == type
              && (code == null || icmp.code() == code);
      case Match.HopLimit(var hops) -> packet.hopLimit() == hops;
      case Match.InState(var states, var negated) ->
          packet.states().stream().anyMatch(states::contains) != negated;
      case Match.OriginalDestinationPort(var range) -> {
        var port = packet.originalDestinationPort();
        yield port != null && holds(range, port);
      }
      case Match.OriginalDestination(var network) -> network.contains(packet.originalDestination());
      case Match.InSet(var name, var key, var negated) -> isIn(name, key) != negated;
      case Match.DestinationType(var types, var negated) ->
          types.contains(packet.destinationType()) != negated;
      case Match.ReversePathFails(var loose) ->
          !surroundings.isReached(packet.source(), packet.in(), loose);
      case Match.Bridged() -> packet.bridged();
      case Match.HashLimit limit -> surroundings.isWithin(limit, packet.source());
      case Match.ConnectionsAbove limit -> surroundings.isAbove(limit, packet.source());
      case Match.Verbatim _ -> throw new IllegalArgumentException("nobody knows: " + match);
    };
  }

  /** What rules take for the content. */
  private Transport transport() {
    return packet.transport() instanceof Transport.Authenticated(var carried)
            && surroundings.isAuthenticationPassedOver()
        ? carried
        : packet.transport();
  }

  private boolean isIn(String set, Match.SetKey key) {
    return switch (key) {
      case SOURCE -> surroundings.contains(set, packet.source());
      case SOURCE_AND_INTERFACE -> surroundings.contains(set, packet.source(), packet.in());
      case DESTINATION -> surroundings.contains(set, packet.destination());
      case DESTINATION_AND_INTERFACE ->
          surroundings.contains(set, packet.destination(), packet.out());
    };
  }

  private static boolean isNamed(String device, String name) {
    return name.endsWith("+")
        ? device.startsWith(name.substring(0, name.length() - 1))
        : device.equals(name);
  }

  private boolean holds(Match.Ports match) {
    return transport()
        .ports()
        .filter(ports -> match.source() == null || holds(match.source(), ports.source()))
        .filter(
            ports -> match.destination() == null || holds(match.destination(), ports.destination()))
        .isPresent();
  }

  private static boolean holds(PortRange range, int port) {
    return range.first() <= port && port <= range.last();
  }

  private static Set<TcpFlag> among(Set<TcpFlag> flags, Set<TcpFlag> mask) {
    var common = EnumSet.noneOf(TcpFlag.class);
    common.addAll(flags);
    common.retainAll(mask);
    return common;
  }
}
