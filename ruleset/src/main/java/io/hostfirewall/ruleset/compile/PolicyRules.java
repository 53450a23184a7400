package io.hostfirewall.ruleset.compile;

import io.hostfirewall.api.v1alpha1.IcmpSelector;
import io.hostfirewall.api.v1alpha1.PolicyRule;
import io.hostfirewall.api.v1alpha1.PortSelector;
import io.hostfirewall.ruleset.merge.EffectiveRule;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.PortRange;
import io.hostfirewall.ruleset.model.Protocol;
import io.hostfirewall.ruleset.model.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One rule of a policy as rules of iptables: the alternatives of its packets, each with what is
 * done.
 */
final class PolicyRules {

  private final Family family;
  private final RulePeers peers;
  private final RuleActions actions;

  PolicyRules(Family family, RulePeers peers, RuleActions actions) {
    this.family = family;
    this.peers = peers;
    this.actions = actions;
  }

  /** The rules of one; none if it is about nobody in this family. */
  List<Rule> of(EffectiveRule rule, Judged judged) {
    var rules = new ArrayList<Rule>();
    var ends = ends(rule.rule(), judged);
    for (var packets : packets(rule, judged)) {
      for (var end : ends) {
        var matches = new ArrayList<>(packets);
        matches.addAll(end);
        rules.addAll(actions.of(rule, matches));
      }
    }
    return rules;
  }

  /** The alternatives of who speaks to whom. */
  private List<List<Match>> ends(PolicyRule rule, Judged judged) {
    var destinations =
        judged == Judged.BY_ORIGINAL_DESTINATION
            ? peers.originalDestinations(rule.to())
            : peers.destinations(rule.to());
    return peers.sources(rule.from()).stream()
        .flatMap(source -> destinations.stream().map(destination -> both(source, destination)))
        .toList();
  }

  private static List<Match> both(List<Match> source, List<Match> destination) {
    return Stream.concat(source.stream(), destination.stream()).toList();
  }

  /** The alternatives of packets that a rule is about; one without matches if it is about all. */
  private List<List<Match>> packets(EffectiveRule rule, Judged judged) {
    var interfaces = rule.rule().interfaces();
    var contents = contents(rule, judged);
    if (interfaces == null) {
      return contents;
    }
    var alternatives = new ArrayList<List<Match>>();
    for (var name : interfaces) {
      for (var content : contents) {
        var matches = new ArrayList<Match>();
        matches.add(judged.uplink(name.replace('*', '+')));
        matches.addAll(content);
        alternatives.add(matches);
      }
    }
    return alternatives;
  }

  private List<List<Match>> contents(EffectiveRule rule, Judged judged) {
    var ports = rule.rule().ports();
    var icmp = rule.rule().icmp();
    if (ports != null) {
      return ports(ports, judged);
    }
    if (icmp != null) {
      return icmp(icmp);
    }
    var protocols = rule.rule().protocols();
    return protocols == null ? List.of(List.of()) : protocols(protocols);
  }

  private List<List<Match>> protocols(List<Integer> numbers) {
    return numbers.stream().distinct().map(Protocol::new).map(p -> List.of(protocol(p))).toList();
  }

  private Match protocol(Protocol protocol) {
    return family == Family.IPV6 && protocol.equals(Protocol.AUTHENTICATION)
        ? new Match.AuthenticationHeader()
        : new Match.IsProtocol(protocol, false);
  }

  private List<List<Match>> icmp(List<IcmpSelector> selectors) {
    var alternatives = new ArrayList<List<Match>>();
    for (var selector : selectors) {
      IcmpTypes.number(selector, family)
          .ifPresent(type -> alternatives.add(icmp(family, type, selector.code())));
    }
    return alternatives;
  }

  static List<Match> icmp(Family family, int type, @Nullable Integer code) {
    return List.of(
        new Match.IsProtocol(Protocol.icmp(family), false), new Match.IcmpType(family, type, code));
  }

  private static List<List<Match>> ports(List<PortSelector> selectors, Judged judged) {
    var alternatives = new ArrayList<List<Match>>();
    for (var protocol : List.of(Protocol.TCP, Protocol.UDP, Protocol.SCTP)) {
      var ranges =
          selectors.stream()
              .filter(selector -> protocol(selector).equals(protocol))
              .map(PolicyRules::range)
              .toList();
      for (var match : portMatches(protocol, ranges, judged)) {
        alternatives.add(List.of(new Match.IsProtocol(protocol, false), match));
      }
    }
    return alternatives;
  }

  private static Protocol protocol(PortSelector selector) {
    return switch (selector.protocol()) {
      case TCP -> Protocol.TCP;
      case UDP -> Protocol.UDP;
      case SCTP -> Protocol.SCTP;
    };
  }

  private static PortRange range(PortSelector selector) {
    var last = selector.endPort() == null ? selector.port() : selector.endPort();
    return new PortRange(selector.port(), last);
  }

  private static List<Match> portMatches(Protocol protocol, List<PortRange> ranges, Judged judged) {
    if (judged == Judged.BY_ORIGINAL_DESTINATION) {
      return ranges.stream().<Match>map(Match.OriginalDestinationPort::new).toList();
    }
    if (ranges.size() == 1) {
      return List.of(new Match.Ports(protocol, null, ranges.getFirst()));
    }
    var matches = new ArrayList<Match>();
    var group = new ArrayList<PortRange>();
    var places = 0;
    for (var range : ranges) {
      if (places + range.places() > Match.MultiPort.PLACES) {
        matches.add(new Match.MultiPort(group));
        group.clear();
        places = 0;
      }
      group.add(range);
      places += range.places();
    }
    if (!group.isEmpty()) {
      matches.add(new Match.MultiPort(group));
    }
    return matches;
  }
}
