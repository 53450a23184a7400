package io.hostfirewall.ruleset;

import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.ConnState;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.Match.AddressType;
import io.hostfirewall.ruleset.model.Origin;
import io.hostfirewall.ruleset.model.PortRange;
import io.hostfirewall.ruleset.model.Protocol;
import io.hostfirewall.ruleset.model.Rate;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.TcpFlag;
import io.hostfirewall.ruleset.model.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Rules in every shape that we write. */
public final class RuleArbitraries {

  private RuleArbitraries() {}

  public static Arbitrary<Rule> rules() {
    return Combinators.combine(matches().list().ofMaxSize(5), verdicts(), origins()).as(Rule::new);
  }

  private static Arbitrary<Match> matches() {
    var negated = Arbitraries.of(true, false);
    var names =
        Arbitraries.strings()
            .alpha()
            .numeric()
            .withChars("-+.")
            .ofMinLength(1)
            .ofMaxLength(15)
            .filter(name -> !name.startsWith("-"));
    Arbitrary<Match> networks =
        Combinators.combine(
                Arbitraries.of("10.0.0.0/8", "192.0.2.1/32", "fe80::/10", "::1/128")
                    .map(Cidr::parse),
                negated)
            .as(Match.Source::new);
    Arbitrary<Match> destinations =
        Combinators.combine(Arbitraries.of("127.0.0.0/8", "ff00::/8").map(Cidr::parse), negated)
            .as(Match.Destination::new);
    Arbitrary<Match> interfaces = Combinators.combine(names, negated).as(Match.InInterface::new);
    Arbitrary<Match> outInterfaces =
        Combinators.combine(names, negated).as(Match.OutInterface::new);
    Arbitrary<Match> protocols =
        Combinators.combine(Arbitraries.integers().between(1, 255).map(Protocol::new), negated)
            .as(Match.IsProtocol::new);
    Arbitrary<Match> ports =
        Combinators.combine(
                Arbitraries.of(Protocol.TCP, Protocol.UDP, Protocol.SCTP),
                ranges().injectNull(0.5),
                ranges())
            .as(Match.Ports::new);
    Arbitrary<Match> multiPorts =
        ranges().list().ofMinSize(1).ofMaxSize(7).map(Match.MultiPort::new);
    Arbitrary<Match> states =
        Combinators.combine(subset(ConnState.class), negated).as(Match.InState::new);
    Arbitrary<Match> sets =
        Combinators.combine(names, Arbitraries.of(Match.SetKey.class), negated)
            .as(Match.InSet::new);
    Arbitrary<Match> types =
        Combinators.combine(subset(AddressType.class), negated).as(Match.DestinationType::new);
    Arbitrary<Match> flags =
        Combinators.combine(
                subset(TcpFlag.class), Arbitraries.of(TcpFlag.class).set().ofMaxSize(6), negated)
            .as(Match.TcpFlags::new);
    Arbitrary<Match> others =
        Arbitraries.of(
            new Match.Bridged(),
            new Match.HopLimit(255),
            new Match.AuthenticationHeader(),
            new Match.ConnectionsAbove(10, 64),
            new Match.ReversePathFails(true),
            new Match.ReversePathFails(false),
            new Match.IcmpType(Family.IPV4, 3, 4),
            new Match.IcmpType(Family.IPV6, 128, null),
            new Match.OriginalDestination(Cidr.parse("192.0.2.1/32")),
            new Match.OriginalDestination(Cidr.parse("2001:db8::1/128")),
            new Match.OriginalDestination(Cidr.parse("10.0.0.0/8")),
            new Match.OriginalDestinationPort(new PortRange(80, 90)));
    return Arbitraries.oneOf(
        List.of(
            networks,
            destinations,
            interfaces,
            outInterfaces,
            protocols,
            ports,
            multiPorts,
            states,
            sets,
            types,
            flags,
            limits(),
            others));
  }

  private static <E extends Enum<E>> Arbitrary<Set<E>> subset(Class<E> type) {
    return Arbitraries.of(type).set().ofMinSize(1);
  }

  private static Arbitrary<PortRange> ranges() {
    var port = Arbitraries.integers().between(0, 65535);
    return Combinators.combine(port, port)
        .as((one, other) -> new PortRange(Math.min(one, other), Math.max(one, other)));
  }

  private static Arbitrary<Match> limits() {
    return Combinators.combine(
            Arbitraries.of(Family.class),
            Arbitraries.longs().between(1, 10_000),
            Arbitraries.of(Rate.Unit.class),
            Arbitraries.integers().between(0, 32),
            Arbitraries.longs().between(1, 86_400))
        .as(
            (family, count, unit, prefix, expiry) ->
                new Match.HashLimit(
                    family.setPrefix() + "0123456789ab",
                    Rate.asKept(count, unit),
                    count,
                    prefix,
                    family.addressBits(),
                    65_536,
                    524_288,
                    Duration.ofSeconds(expiry)));
  }

  private static Arbitrary<Verdict> verdicts() {
    return Arbitraries.of(
        new Verdict.Drop(),
        new Verdict.Return(),
        new Verdict.Accept(),
        new Verdict.Count(),
        new Verdict.Untrack(),
        new Verdict.Jump("HFW-INPUT"),
        new Verdict.Goto("HFW-RULES-01234567"),
        new Verdict.Log("hfw web-server/ssh Deny: "),
        new Verdict.NetlinkLog("hfw web-server/ssh Deny", 0),
        new Verdict.NetlinkLog("hfw", 65_535),
        new Verdict.Reject(Verdict.Answer.TCP_RESET),
        new Verdict.Reject(Verdict.Answer.PORT_UNREACHABLE_IPV6));
  }

  private static Arbitrary<Origin> origins() {
    var policies =
        Arbitraries.strings()
            .withCharRange('a', 'z')
            .withChars("-.")
            .ofMinLength(1)
            .ofMaxLength(20);
    var rules =
        Arbitraries.strings().withCharRange('a', 'z').withChars('-').ofMinLength(1).ofMaxLength(20);
    var comments =
        Arbitraries.strings()
            .ascii()
            .withChars("\"'\\ ")
            .ofMinLength(1)
            .ofMaxLength(30)
            .filter(comment -> comment.chars().noneMatch(Character::isISOControl));
    return Arbitraries.oneOf(
        Combinators.combine(policies, rules).as(Origin.PolicyRule::new),
        policies.map(policy -> new Origin.PolicyField(policy, "protections.newNotSyn")),
        Arbitraries.of(
            new Origin.None(),
            new Origin.Default("defaultActions.ingress"),
            new Origin.Audited(Origin.Would.DENY, new Origin.PolicyRule("web", "ssh")),
            new Origin.Audited(Origin.Would.ACCEPT, new Origin.Default("defaultActions.forward")),
            new Origin.BuiltIn("neighbour discovery"),
            new Origin.Revision("hfr-0123456789ab")),
        comments.map(Origin::parse));
  }
}
