package io.hostfirewall.ruleset.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.ruleset.model.Chain;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.ConnState;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.Match.AddressType;
import io.hostfirewall.ruleset.model.Origin;
import io.hostfirewall.ruleset.model.PortRange;
import io.hostfirewall.ruleset.model.Protocol;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.RuleSet;
import io.hostfirewall.ruleset.model.Table;
import io.hostfirewall.ruleset.model.TableName;
import io.hostfirewall.ruleset.model.Verdict;
import io.hostfirewall.ruleset.walk.Packet;
import io.hostfirewall.ruleset.walk.Sets;
import io.hostfirewall.ruleset.walk.Step;
import io.hostfirewall.ruleset.walk.Transport;
import io.hostfirewall.ruleset.walk.Walk;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

class BranchesTest {

  private static final int HIGHEST = 65_535;
  private static final List<Protocol> PROTOCOLS =
      List.of(Protocol.TCP, Protocol.UDP, Protocol.SCTP);

  @Provide
  Arbitrary<Chain> chains() {
    return Arbitraries.of(true, false)
        .flatMap(translated -> rule(translated).list().ofMaxSize(120))
        .map(
            rules -> {
              var all = new ArrayList<Rule>();
              for (var rule : rules) {
                var origin = new Origin.PolicyRule("p", "r" + all.size());
                all.add(new Rule(rule.matches(), rule.verdict(), origin));
              }
              all.add(new Rule(List.of(), new Verdict.Drop(), new Origin.None()));
              return new Chain("DNAT-TRUSTED", all);
            });
  }

  private static Arbitrary<Rule> rule(boolean translated) {
    var networks = Arbitraries.of("10.0.0.0/8", "203.0.113.0/24").map(Cidr::parse);
    var verdicts = Arbitraries.of(new Verdict.Return(), new Verdict.Drop());
    Arbitrary<List<Match>> any =
        Arbitraries.of(
            List.of(),
            List.of(new Match.IsProtocol(Protocol.ICMP, false)),
            List.of(new Match.IsProtocol(Protocol.TCP, true)));
    var matches = Arbitraries.frequencyOf(Tuple.of(12, ports(translated)), Tuple.of(1, any));
    return Combinators.combine(matches, networks, verdicts)
        .as(
            (about, network, verdict) -> {
              var all = new ArrayList<>(about);
              all.add(new Match.Source(network, false));
              return new Rule(all, verdict, new Origin.None());
            });
  }

  private static Arbitrary<List<Match>> ports(boolean translated) {
    return Combinators.combine(Arbitraries.of(PROTOCOLS), ranges().list().ofMinSize(1).ofMaxSize(4))
        .as((protocol, ranges) -> List.of(is(protocol), named(translated, protocol, ranges)));
  }

  private static Match named(boolean translated, Protocol protocol, List<PortRange> ranges) {
    if (translated) {
      return new Match.OriginalDestinationPort(ranges.getFirst());
    }
    return ranges.size() == 1
        ? new Match.Ports(protocol, null, ranges.getFirst())
        : new Match.MultiPort(ranges);
  }

  private static Match is(Protocol protocol) {
    return new Match.IsProtocol(protocol, false);
  }

  private static Arbitrary<PortRange> ranges() {
    var first = Arbitraries.integers().between(1, 100);
    var more =
        Arbitraries.frequencyOf(
            Tuple.of(4, Arbitraries.just(0)),
            Tuple.of(1, Arbitraries.integers().between(1, 20)),
            Tuple.of(1, Arbitraries.just(HIGHEST)));
    return Combinators.combine(first, more)
        .as((port, count) -> new PortRange(port, Math.min(HIGHEST, port + count)));
  }

  @Provide
  Arbitrary<Packet> packets() {
    var port = Arbitraries.integers().between(0, 130);
    Arbitrary<Transport> transport =
        Arbitraries.oneOf(
            port.map(to -> Transport.Tcp.syn(40000, to)),
            port.map(to -> new Transport.Udp(40000, to)),
            port.map(to -> new Transport.Sctp(40000, to)),
            Arbitraries.of(new Transport.Icmp(Family.IPV4, 8, 0), new Transport.Other(50)));
    var source = Arbitraries.of("10.1.2.3", "203.0.113.7", "192.0.2.9").map(Cidr::parse);
    return Combinators.combine(source, transport)
        .as(
            (from, what) ->
                new Packet(
                    Packet.Way.INPUT,
                    "eth0",
                    "",
                    from,
                    Cidr.parse("192.0.2.1"),
                    AddressType.LOCAL,
                    what,
                    64,
                    Set.of(ConnState.NEW),
                    Cidr.parse("192.0.2.1"),
                    what.ports().map(Transport.PortPair::destination).orElse(null),
                    false));
  }

  @Property
  void the_rule_that_decides_is_the_one_that_decided(
      @ForAll("chains") Chain chain, @ForAll("packets") Packet packet) {
    var asItStood = walk(packet, List.of(chain));
    var asTree = walk(packet, Branches.of(chain));

    assertThat(asTree.outcome()).isEqualTo(asItStood.outcome());
    assertThat(asTree.decision().map(Step::rule)).isEqualTo(asItStood.decision().map(Step::rule));
  }

  @Property
  void names_fit_and_differ(@ForAll("chains") Chain chain) {
    assertThat(Branches.of(chain).stream().map(Chain::name))
        .doesNotHaveDuplicates()
        .allMatch(name -> name.length() <= 15);
  }

  private static Walk walk(Packet packet, List<Chain> chains) {
    var all = new ArrayList<>(chains);
    var entry = new Rule(List.of(), new Verdict.Goto("DNAT-TRUSTED"), new Origin.None());
    all.add(new Chain("INPUT", List.of(entry)));
    var rules = new RuleSet(Family.IPV4, List.of(new Table(TableName.FILTER, all)), List.of());
    return Walk.of(packet, rules, Sets.withFreshSources(List.of()));
  }
}
