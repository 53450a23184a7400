package io.hostfirewall.ruleset.lint;

import io.hostfirewall.api.v1alpha1.IcmpSelector;
import io.hostfirewall.api.v1alpha1.Peer;
import io.hostfirewall.api.v1alpha1.PolicyRule;
import io.hostfirewall.api.v1alpha1.PortSelector;
import io.hostfirewall.ruleset.compile.IcmpTypes;
import io.hostfirewall.ruleset.explain.PolicyFields.RuleList;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.PortRange;
import io.hostfirewall.ruleset.model.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One of several alternatives that a rule lists: a port, a network, a type of ICMP.
 *
 * @param field its place in the rule, such as {@code .ports[1]}
 * @param words what it is about
 * @param meaning what its packets of a family meet; empty if it has none
 */
record RulePart(String field, String words, Function<Family, Optional<List<Match>>> meaning) {

  /** The parts of a rule, of those lists that have more than one. */
  static List<RulePart> of(PolicyRule rule, RuleList list) {
    return Stream.of(
            networks(".from", rule.from(), network -> new Match.Source(network, false)),
            networks(".to", rule.to(), network -> new Match.Destination(network, false)),
            each(".ports", rule.ports(), RulePart::port),
            each(".icmp", rule.icmp(), RulePart::icmp),
            each(".protocols", rule.protocols(), RulePart::protocol),
            each(".interfaces", rule.interfaces(), (at, name) -> device(at, name, list)))
        .filter(parts -> parts.size() > 1)
        .flatMap(List::stream)
        .toList();
  }

  private static <T> List<RulePart> each(
      String list, @Nullable List<T> items, BiFunction<String, T, RulePart> part) {
    var parts = new ArrayList<RulePart>();
    if (items != null) {
      for (var item : items) {
        parts.add(part.apply("%s[%d]".formatted(list, parts.size()), item));
      }
    }
    return parts;
  }

  private static List<RulePart> networks(
      String list, @Nullable List<Peer> peers, Function<Cidr, Match> match) {
    var parts = new ArrayList<RulePart>();
    for (var i = 0; peers != null && i < peers.size(); i++) {
      parts.addAll(
          each(
              "%s[%d].networks".formatted(list, i),
              peers.get(i).networks(),
              (at, text) -> network(at, text, match)));
    }
    return parts;
  }

  private static RulePart network(String at, String text, Function<Cidr, Match> match) {
    var network = Cidr.parse(text);
    return new RulePart(
        at,
        text,
        family ->
            network.family() == family
                ? Optional.of(List.<Match>of(match.apply(network)))
                : Optional.empty());
  }

  private static RulePart port(String at, PortSelector port) {
    var protocol =
        switch (port.protocol()) {
          case TCP -> Protocol.TCP;
          case UDP -> Protocol.UDP;
          case SCTP -> Protocol.SCTP;
        };
    var last = port.endPort() == null ? port.port() : port.endPort();
    var range = new PortRange(port.port(), last);
    return new RulePart(
        at,
        "%s/%s".formatted(protocol.text(), range.toString().replace(':', '-')),
        family -> Optional.of(List.<Match>of(new Match.Ports(protocol, null, range))));
  }

  private static RulePart icmp(String at, IcmpSelector icmp) {
    return new RulePart(
        at,
        "icmp " + icmp.type() + (icmp.code() == null ? "" : "/" + icmp.code()),
        family ->
            IcmpTypes.number(icmp, family).stream()
                .mapToObj(
                    type ->
                        List.<Match>of(
                            new Match.IsProtocol(Protocol.icmp(family), false),
                            new Match.IcmpType(family, type, icmp.code())))
                .findFirst());
  }

  private static RulePart protocol(String at, Integer number) {
    var match = new Match.IsProtocol(new Protocol(number), false);
    return new RulePart(at, "protocol " + number, family -> Optional.of(List.<Match>of(match)));
  }

  private static RulePart device(String at, String name, RuleList list) {
    var device = name.replace('*', '+');
    var match =
        list == RuleList.EGRESS
            ? new Match.OutInterface(device, false)
            : new Match.InInterface(device, false);
    return new RulePart(at, "interface " + name, family -> Optional.of(List.<Match>of(match)));
  }
}
