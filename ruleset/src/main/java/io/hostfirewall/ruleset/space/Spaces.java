package io.hostfirewall.ruleset.space;

import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.ConnState;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.IpSet;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.Match.SetKey;
import io.hostfirewall.ruleset.model.PortRange;
import io.hostfirewall.ruleset.model.RuleSet;
import io.hostfirewall.ruleset.model.TcpFlag;
import io.hostfirewall.ruleset.space.Dimension.Header;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** From the matches of rules to the regions of packets that meet them. */
final class Spaces {

  /** IFNAMSIZ of linux/if.h, without the end of the text. */
  static final int NAME_BYTES = 15;

  /** Those whose destination port a multiport match sees (xt_multiport.c). */
  private static final List<Integer> WITH_PORTS = List.of(6, 17, 33, 132, 136);

  private static final int DNAT = 1;

  private final Family family;
  private final Map<String, IpSet> sets = new HashMap<>();
  private int untold;

  /** Of a rule set, whose own sets have the contents that it says. */
  Spaces(RuleSet rules) {
    this.family = rules.family();
    rules.sets().forEach(set -> sets.put(set.name(), set));
  }

  /** The packets that meet all of some matches; empty if none can. */
  Optional<Region> of(List<Match> matches) {
    var region = Optional.of(Region.everything(family));
    for (var match : matches) {
      region = region.flatMap(r -> of(match).flatMap(r::and));
    }
    return region;
  }

  private Optional<Region> of(Match match) {
    return switch (match) {
      case Match.Source(var network, var negated) -> one(Header.SOURCE, spans(network), negated);
      case Match.Destination(var network, var negated) ->
          one(Header.DESTINATION, spans(network), negated);
      case Match.InInterface(var name, var negated) ->
          one(Header.IN_INTERFACE, named(name), negated);
      case Match.OutInterface(var name, var negated) ->
          one(Header.OUT_INTERFACE, named(name), negated);
      case Match.IsProtocol(var protocol, var negated) ->
          one(Header.PROTOCOL, Spans.of(protocol.number()), negated);
      case Match.Ports ports -> ports(ports);
      case Match.MultiPort(var ranges) ->
          one(Header.PROTOCOL, union(WITH_PORTS.stream().map(Spans::of).toList()), false)
              .flatMap(
                  region ->
                      one(
                              Header.DESTINATION_PORT,
                              union(ranges.stream().map(Spaces::spans).toList()),
                              false)
                          .flatMap(region::and));
      case Match.TcpFlags(var mask, var set, var negated) -> flags(mask, set, negated);
      case Match.IcmpType(_, var type, var code) ->
          one(
              Header.ICMP,
              code == null
                  ? Spans.of(type * 256L, type * 256L + 255)
                  : Spans.of(type * 256L + code),
              false);
      case Match.HopLimit(var hops) -> one(Header.HOPS, Spans.of(hops), false);
      case Match.InState(var states, var negated) -> states(states, negated);
      case Match.OriginalDestinationPort(var range) ->
          one(Header.ORIGINAL_PORT, spans(range), false);
      case Match.OriginalDestination(var network) ->
          one(Header.ORIGINAL_DESTINATION, spans(network), false);
      case Match.InSet(var name, var key, var negated) -> member(name, key, negated);
      case Match.DestinationType(var types, var negated) ->
          one(
              Header.DESTINATION_TYPE,
              union(types.stream().map(type -> place(type)).toList()),
              negated);
      case Match.Bridged() -> one(Header.BRIDGED, Spans.of(1), false);
      case Match.HashLimit _, Match.ConnectionsAbove _, Match.ReversePathFails _ -> untold();
      case Match.AuthenticationHeader() -> one(Header.AUTHENTICATED, Spans.of(1), false);
      case Match.Verbatim _ -> untold();
    };
  }

  /** The packets within or outside of a bound; empty if there are none. */
  private Optional<Region> one(Dimension dimension, Spans bound, boolean negated) {
    var spans = negated ? dimension.universe(family).minus(bound) : bound;
    return spans.isEmpty()
        ? Optional.empty()
        : Optional.of(Region.everything(family).with(dimension, spans));
  }

  private Optional<Region> untold() {
    return one(new Dimension.Untold(untold++), Spans.of(1), false);
  }

  private Optional<Region> ports(Match.Ports match) {
    var region = one(Header.PROTOCOL, Spans.of(match.protocol().number()), false);
    if (match.source() != null) {
      var source = one(Header.SOURCE_PORT, spans(match.source()), false);
      region = region.flatMap(r -> source.flatMap(r::and));
    }
    if (match.destination() != null) {
      var destination = one(Header.DESTINATION_PORT, spans(match.destination()), false);
      region = region.flatMap(r -> destination.flatMap(r::and));
    }
    return region;
  }

  /** A match on flags is one on TCP, if it is not negated. */
  private Optional<Region> flags(Set<TcpFlag> mask, Set<TcpFlag> set, boolean negated) {
    var meeting = Spans.NONE;
    for (var flags = 0; flags < 1 << TcpFlag.values().length; flags++) {
      if ((flags & bits(mask)) == bits(set)) {
        meeting = meeting.or(Spans.of(flags));
      }
    }
    return one(Header.FLAGS, meeting, negated);
  }

  static int bits(Set<TcpFlag> flags) {
    var all = TcpFlag.values();
    return IntStream.range(0, all.length)
        .filter(i -> flags.contains(all[i]))
        .map(i -> 1 << i)
        .sum();
  }

  /** Translation is a dimension of its own: it stands beside the other states. */
  private Optional<Region> states(Set<ConnState> states, boolean negated) {
    if (states.equals(Set.of(ConnState.DNAT))) {
      return one(Header.TRANSLATED, Spans.of(DNAT), negated);
    }
    if (states.contains(ConnState.DNAT) || states.contains(ConnState.SNAT)) {
      return untold();
    }
    return one(Header.STATE, union(states.stream().map(state -> place(state)).toList()), negated);
  }

  private Optional<Region> member(String name, SetKey key, boolean negated) {
    var set = sets.get(name);
    if (set == null) {
      return one(new Dimension.Membership(name, key), Spans.of(1), negated);
    }
    return switch (key) {
      case SOURCE -> one(Header.SOURCE, spans(set), negated);
      case DESTINATION -> one(Header.DESTINATION, spans(set), negated);
      case SOURCE_AND_INTERFACE, DESTINATION_AND_INTERFACE ->
          one(new Dimension.Membership(name, key), Spans.of(1), negated);
    };
  }

  /** The number of a constant: its place among them. */
  static <E extends Enum<E>> Spans place(E constant) {
    return Spans.of(
        Arrays.asList(constant.getDeclaringClass().getEnumConstants()).indexOf(constant));
  }

  private static Spans spans(IpSet set) {
    return union(set.entries().stream().map(Cidr::parse).map(Spaces::spans).toList());
  }

  private static Spans spans(Cidr network) {
    return Spans.of(network.address(), network.last());
  }

  private static Spans spans(PortRange range) {
    return Spans.of(range.first(), range.last());
  }

  static Spans named(String name) {
    var isPrefix = name.endsWith("+");
    var bytes =
        (isPrefix ? name.substring(0, name.length() - 1) : name).getBytes(StandardCharsets.UTF_8);
    var first = Arrays.copyOf(bytes, NAME_BYTES);
    var last = first.clone();
    if (isPrefix && bytes.length < NAME_BYTES) {
      Arrays.fill(last, bytes.length, NAME_BYTES, (byte) 0xff);
    }
    return Spans.of(new BigInteger(1, first), new BigInteger(1, last));
  }

  private static Spans union(List<Spans> parts) {
    return parts.stream().reduce(Spans.NONE, Spans::or);
  }
}
