package io.hostfirewall.ruleset.compile;

import static io.hostfirewall.ruleset.compile.Rules.builtIn;
import static io.hostfirewall.ruleset.compile.Rules.go;

import io.hostfirewall.ruleset.model.Chain;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.PortRange;
import io.hostfirewall.ruleset.model.Protocol;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A long chain as a tree: first by protocol, then by port, each time half of what is left. A packet
 * meets only the few rules that could be about it, in the order in which they stood.
 */
final class Branches {

  /** Fewer rules than this are met faster, and read more easily, as they stand. */
  private static final int LONG = 17;

  /** Where a branch may end. */
  private static final int SHORT = 4;

  /** What is left of a name in the kernel for its beginning (x_tables.h, 28 characters in all). */
  private static final int STEM = 12;

  /** Behind it is room for two digits; some branches begin at the trunk. */
  private static final int MOST = 95;

  private static final int HIGHEST = 65_535;

  private static final List<Protocol> PROTOCOLS =
      List.of(Protocol.TCP, Protocol.UDP, Protocol.SCTP, Protocol.ICMP, Protocol.ICMPV6);

  private final String name;
  private final int leaf;
  private final List<Chain> grown = new ArrayList<>();
  private int count;

  private Branches(Chain chain) {
    this.name = chain.name();
    this.leaf = Math.max(SHORT, 2 * chain.rules().size() / MOST);
  }

  /** A table whose chains are short, or trees. */
  static Table of(Table table) {
    return new Table(
        table.name(), table.chains().stream().flatMap(chain -> of(chain).stream()).toList());
  }

  /**
   * The chain, or one of its name with others to which it goes, which decides the same.
   *
   * @param chain one to which packets only go, or its end is a verdict
   */
  static List<Chain> of(Chain chain) {
    return chain.rules().size() < LONG ? List.of(chain) : new Branches(chain).byProtocol(chain);
  }

  /** What the chain begins with for whatever protocol, loopback before all, stays where it is. */
  private List<Chain> byProtocol(Chain chain) {
    var trunk =
        new ArrayList<>(chain.rules().stream().takeWhile(Branches::isAboutAnyProtocol).toList());
    var behind = chain.rules().subList(trunk.size(), chain.rules().size());
    var rest = behind;
    for (var protocol : PROTOCOLS) {
      if (rest.stream().filter(rule -> names(rule, protocol)).count() > SHORT) {
        var possible = behind.stream().filter(rule -> mayBe(rule, protocol)).toList();
        var branch = grow(protocol, possible, new PortRange(0, HIGHEST));
        trunk.add(go(branch, builtIn("by protocol"), new Match.IsProtocol(protocol, false)));
        rest = rest.stream().filter(rule -> !names(rule, protocol)).toList();
      }
    }
    trunk.addAll(rest);
    return Stream.concat(Stream.of(new Chain(name, trunk)), grown.stream()).toList();
  }

  /** Makes the chain of what can be about some ports, and gives its name. */
  private String grow(Protocol protocol, List<Rule> possible, PortRange ports) {
    var branch = name.substring(0, Math.min(name.length(), STEM)) + "-" + ++count;
    var rules = new ArrayList<Rule>();
    var left = possible;
    var below = ports;
    for (var cut = cut(left, below); cut.isPresent(); cut = cut(left, below)) {
      var upper = new PortRange(cut.get(), below.last());
      below = new PortRange(below.first(), cut.get() - 1);
      var target = grow(protocol, about(left, upper), upper);
      rules.add(go(target, builtIn("by port"), from(cut.get(), protocol, left)));
      left = about(left, below);
    }
    rules.addAll(left);
    grown.add(new Chain(branch, rules));
    return branch;
  }

  /** The port in the middle of those at which rules begin; empty if a cut is not worth its rule. */
  private Optional<Integer> cut(List<Rule> rules, PortRange within) {
    if (rules.size() <= leaf || count >= MOST) {
      return Optional.empty();
    }
    var starts =
        rules.stream()
            .flatMap(rule -> ports(rule).stream())
            .map(PortRange::first)
            .filter(port -> within.first() < port && port <= within.last())
            .distinct()
            .sorted()
            .toList();
    return starts.stream()
        .skip(starts.size() / 2)
        .findFirst()
        .filter(port -> longerHalf(rules, within, port) + 1 < rules.size());
  }

  private static int longerHalf(List<Rule> rules, PortRange within, int port) {
    return Math.max(
        about(rules, new PortRange(within.first(), port - 1)).size(),
        about(rules, new PortRange(port, within.last())).size());
  }

  private static List<Rule> about(List<Rule> rules, PortRange ports) {
    return rules.stream().filter(rule -> isAbout(rule, ports)).toList();
  }

  private static boolean isAbout(Rule rule, PortRange ports) {
    var ranges = ports(rule);
    return ranges.isEmpty()
        || ranges.stream()
            .anyMatch(range -> range.first() <= ports.last() && ports.first() <= range.last());
  }

  /** The destination ports that a rule names; none if it is about all. */
  private static List<PortRange> ports(Rule rule) {
    for (var match : rule.matches()) {
      if (match instanceof Match.MultiPort(var ranges)) {
        return ranges;
      }
      if (match instanceof Match.OriginalDestinationPort(var range)) {
        return List.of(range);
      }
      if (match instanceof Match.Ports ports && ports.destination() != null) {
        return List.of(ports.destination());
      }
    }
    return List.of();
  }

  /** The ports from one on, of the packet or before translation, as the rules ask for them. */
  private static Match[] from(int port, Protocol protocol, List<Rule> rules) {
    var ports = new PortRange(port, HIGHEST);
    var original =
        rules.stream()
            .flatMap(rule -> rule.matches().stream())
            .anyMatch(Match.OriginalDestinationPort.class::isInstance);
    return new Match[] {
      new Match.IsProtocol(protocol, false),
      original ? new Match.OriginalDestinationPort(ports) : new Match.Ports(protocol, null, ports)
    };
  }

  private static boolean isAboutAnyProtocol(Rule rule) {
    return rule.matches().stream().noneMatch(Match.IsProtocol.class::isInstance);
  }

  private static boolean names(Rule rule, Protocol protocol) {
    return rule.matches().contains(new Match.IsProtocol(protocol, false));
  }

  private static boolean mayBe(Rule rule, Protocol protocol) {
    return rule.matches().stream()
        .filter(Match.IsProtocol.class::isInstance)
        .map(Match.IsProtocol.class::cast)
        .allMatch(match -> match.protocol().equals(protocol) != match.negated());
  }
}
