package io.hostfirewall.e2e.walk;

import io.hostfirewall.ruleset.model.Family;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/** Packets that get as far as to rules, in whatever they could be told apart by. */
final class ProbeArbitraries {

  /** Those that policies, failsafe and translation are about, and their neighbours. */
  private static final List<Integer> PORTS =
      List.of(
          1, 21, 22, 23, 67, 68, 80, 81, 179, 443, 546, 547, 2379, 2380, 2381, 4789, 6443, 8080,
          10250, 30000, 30080, 30999, 31000, 31080, 32000, 40230, 51820, 65535);

  /** IGMP is none: the host would answer; nor are headers of IPv6 before others. */
  private static final List<Integer> OTHER_PROTOCOLS =
      List.of(4, 41, 47, 50, 51, 59, 89, 103, 112, 253);

  /** Of IPv6, as {@link io.hostfirewall.e2e.lab.Packet#behind} takes them. */
  private static final List<String> HEADERS = List.of("h", "d", "r", "f", "hdr", "a", "ha", "df");

  private static final int LINK_HOPS = 255;

  private static final int ANY_PORT = 40_000;

  private static final int USUAL_HOPS = 64;

  private ProbeArbitraries() {}

  static Arbitrary<Integer> port() {
    return Arbitraries.frequencyOf(
        Tuple.of(9, Arbitraries.of(PORTS)), Tuple.of(1, Arbitraries.integers().between(1, 65535)));
  }

  /** Of either family; the other one knows none of that number or another meaning. */
  static Arbitrary<Integer> icmpType() {
    return Arbitraries.frequencyOf(
        Tuple.of(4, Arbitraries.of(8, 0, 3, 5, 11, 12, 13, 17, 128, 129, 1, 2, 139)),
        Tuple.of(3, Arbitraries.integers().between(127, 144)),
        Tuple.of(1, Arbitraries.integers().between(0, 255)));
  }

  static Arbitrary<Integer> protocol() {
    return Arbitraries.frequencyOf(
        Tuple.of(3, Arbitraries.of(OTHER_PROTOCOLS)),
        Tuple.of(1, Arbitraries.of(Probe.ICMP, Probe.TCP, Probe.UDP, Probe.ICMPV6, Probe.SCTP)));
  }

  static Arbitrary<Probe> probes() {
    return Arbitraries.of(Family.class).flatMap(ProbeArbitraries::probes);
  }

  private static Arbitrary<Probe> probes(Family family) {
    return Arbitraries.frequencyOf(
        Tuple.of(8, first(family)),
        Tuple.of(2, Arbitraries.oneOf(pasts(family))),
        Tuple.of(4, sent(family)),
        Tuple.of(1, Arbitraries.of(answers(family))));
  }

  private static Arbitrary<String> interfaces() {
    return Arbitraries.frequencyOf(
        Tuple.of(6, Arbitraries.just("eth0")), Tuple.of(3, Arbitraries.of(Subject.interfaces())));
  }

  /** What begins a connection that connection tracking keeps until it is told otherwise. */
  static Arbitrary<Probe> openings(Family family) {
    var addresses = Addresses.of(family);
    var destinations =
        Arbitraries.frequencyOf(
            Tuple.of(3, Arbitraries.of(addresses.host(), addresses.second())),
            Tuple.of(1, Arbitraries.of(addresses.elsewhere())));
    return Combinators.combine(
            interfaces(), Arbitraries.of(addresses.sources()), destinations, openings(), hops())
        .as(
            (in, source, destination, what, hops) ->
                what.probe(new Ends(in, null, source, destination), hops, false, Past.NONE))
        .filter(ProbeArbitraries::isRouted);
  }

  /** What an import promises something about: new connections, and single questions of ICMP. */
  static Arbitrary<Probe> questions(Family family) {
    var addresses = Addresses.of(family);
    var content =
        Arbitraries.frequencyOf(
            Tuple.of(
                5, openings().filter(what -> !Arrival.isTranslatedPort(what.destinationPort()))),
            Tuple.of(1, question(family)));
    var destinations =
        Arbitraries.frequencyOf(
            Tuple.of(3, Arbitraries.of(addresses.host(), addresses.second())),
            Tuple.of(1, Arbitraries.of(addresses.elsewhere())));
    var brought =
        Combinators.combine(
                interfaces(), Arbitraries.of(addresses.sources()), destinations, content)
            .as(
                (in, from, to, what) ->
                    what.probe(new Ends(in, null, from, to), USUAL_HOPS, false, Past.NONE))
            .filter(ProbeArbitraries::isRouted);
    var others =
        Stream.concat(addresses.sources().stream(), addresses.elsewhere().stream())
            .filter(to -> !Routes.device(to).isEmpty() && !Routes.isOfTheLink(to))
            .toList();
    var sent =
        Combinators.combine(Arbitraries.of(others), content)
            .as(
                (to, what) ->
                    what.probe(
                        new Ends("", Routes.device(to), addresses.host(), to),
                        USUAL_HOPS,
                        false,
                        Past.NONE));
    return Arbitraries.frequencyOf(Tuple.of(4, brought), Tuple.of(1, sent));
  }

  private static Arbitrary<Content> question(Family family) {
    var protocol = family == Family.IPV4 ? Probe.ICMP : Probe.ICMPV6;
    return Arbitraries.of(family == Family.IPV4 ? List.of(8, 13) : List.of(128, 139))
        .map(type -> new Content(protocol, 0, 0, "", type, 0));
  }

  /** What opens a connection. */
  private static Arbitrary<Content> openings() {
    return Combinators.combine(Arbitraries.of(Probe.TCP, Probe.TCP, Probe.UDP), port())
        .as(
            (protocol, port) ->
                new Content(protocol, ANY_PORT, port, protocol == Probe.TCP ? "S" : "", 0, 0));
  }

  private static Arbitrary<Probe> first(Family family) {
    var addresses = Addresses.of(family);
    var sources =
        Arbitraries.frequencyOf(
            Tuple.of(9, Arbitraries.of(addresses.sources())),
            Tuple.of(1, Arbitraries.of(addresses.forged())));
    var destinations =
        Arbitraries.frequencyOf(
            Tuple.of(6, Arbitraries.just(addresses.host())),
            Tuple.of(1, Arbitraries.just(addresses.second())),
            Tuple.of(1, Arbitraries.of(addresses.local())),
            Tuple.of(4, Arbitraries.of(addresses.elsewhere())));
    return Combinators.combine(interfaces(), sources, destinations, content(family), hops(), cut())
        .as(
            (in, source, destination, content, hops, cut) ->
                content.probe(new Ends(in, null, source, destination), hops, cut, Past.NONE))
        .filter(probe -> isRouted(probe) && isPutTogether(probe))
        .flatMap(ProbeArbitraries::behindHeaders);
  }

  /** Some of IPv6 have headers of IPv6 between its own and what they carry. */
  private static Arbitrary<Probe> behindHeaders(Probe probe) {
    if (probe.family() == Family.IPV4 || probe.cut()) {
      return Arbitraries.just(probe);
    }
    var headers = Arbitraries.of(HEADERS).filter(some -> isLookedInto(probe, some));
    return Arbitraries.frequencyOf(
        Tuple.of(5, Arbitraries.just(probe)), Tuple.of(1, headers.map(probe::behind)));
  }

  /** What stands behind an authentication header is not translated here. */
  private static boolean isLookedInto(Probe probe, String headers) {
    return headers.indexOf('a') < 0 || !Arrival.isTranslated(probe);
  }

  /** What the host sends of its own accord. It cuts packets behind the last rule (ip_output.c). */
  private static Arbitrary<Probe> sent(Family family) {
    var ends =
        Combinators.combine(Arbitraries.of(Addresses.of(family).senders()), receivers(family))
            .as((source, to) -> new Ends("", to.device(), source, to.address()));
    return Combinators.combine(ends, content(family), hops())
        .as((between, content, hops) -> content.probe(between, hops, false, Past.NONE));
  }

  private record Receiver(String address, String device) {}

  private static Arbitrary<Receiver> receivers(Family family) {
    var addresses = Addresses.of(family);
    var anyone = new ArrayList<>(addresses.sources());
    anyone.addAll(addresses.elsewhere());
    anyone.addAll(addresses.forged());
    anyone.addAll(addresses.local());
    anyone.add(addresses.nameServer());
    anyone.addAll(Collections.nCopies(4, addresses.service()));
    anyone.removeIf(address -> Routes.device(address).isEmpty() || Routes.isOfTheLink(address));
    var known = Arbitraries.of(anyone).map(to -> new Receiver(to, Routes.device(to)));
    if (family == Family.IPV4) {
      return known;
    }
    var neighbours =
        Combinators.combine(
                Arbitraries.of("fe80::50", "ff02::1", "ff02::2"),
                Arbitraries.of(Subject.interfaces()))
            .as(Receiver::new);
    return Arbitraries.frequencyOf(Tuple.of(5, known), Tuple.of(1, neighbours));
  }

  private static Arbitrary<Boolean> cut() {
    return Arbitraries.frequency(Tuple.of(9, false), Tuple.of(1, true));
  }

  /** IPv6 takes no first piece without all of its headers (RFC 7112, ipv6/reassembly.c). */
  private static boolean isPutTogether(Probe probe) {
    var isLong = probe.protocol() == Probe.TCP || probe.protocol() == Probe.AH;
    return !(probe.cut() && probe.family() == Family.IPV6 && isLong);
  }

  /** What comes from an address of the link goes no further (ip6_forward in ip6_output.c). */
  private static boolean isRouted(Probe probe) {
    var isOfLink = probe.source().startsWith("fe80:");
    var goesOn =
        Addresses.of(probe.family()).elsewhere().contains(probe.destination())
            || Arrival.isTranslated(probe);
    return !(isOfLink && goesOn);
  }

  private static Arbitrary<Integer> hops() {
    return Arbitraries.frequencyOf(
        Tuple.of(3, Arbitraries.just(USUAL_HOPS)), Tuple.of(1, Arbitraries.just(LINK_HOPS)));
  }

  /** From where to where, and how. */
  private record Ends(String in, @Nullable String out, String source, String destination) {}

  /** What stands behind the IP header. */
  private record Content(
      int protocol, int sourcePort, int destinationPort, String flags, int type, int code) {

    Probe probe(Ends ends, int hops, boolean cut, Past past) {
      return new Probe(
          ends.in(),
          ends.out(),
          ends.source(),
          ends.destination(),
          protocol,
          sourcePort,
          destinationPort,
          flags,
          type,
          code,
          hops,
          cut,
          past,
          null);
    }
  }

  private static Arbitrary<Content> content(Family family) {
    return Arbitraries.frequencyOf(
        Tuple.of(8, tcp()),
        Tuple.of(4, ports(Probe.UDP)),
        Tuple.of(2, ports(Probe.SCTP)),
        Tuple.of(4, icmp(family)),
        Tuple.of(
            1,
            Arbitraries.of(OTHER_PROTOCOLS)
                .map(protocol -> new Content(protocol, 0, 0, "", 0, 0))));
  }

  private static Arbitrary<Content> tcp() {
    var any =
        Arbitraries.subsetOf(List.of("F", "S", "R", "P", "A", "U", "E", "C"))
            .map(flags -> String.join("", flags.stream().sorted().toList()));
    var flags =
        Arbitraries.frequencyOf(
            Tuple.of(5, Arbitraries.just("S")),
            Tuple.of(1, Arbitraries.of("A", "SA", "R", "FA", "", "F", "SEC", "FPU")),
            Tuple.of(2, any));
    return Combinators.combine(sourcePort(), port(), flags)
        .as((source, destination, set) -> new Content(Probe.TCP, source, destination, set, 0, 0));
  }

  private static Arbitrary<Content> ports(int protocol) {
    return Combinators.combine(sourcePort(), port())
        .as((source, destination) -> new Content(protocol, source, destination, "", 0, 0));
  }

  private static Arbitrary<Integer> sourcePort() {
    return Arbitraries.frequencyOf(
        Tuple.of(4, Arbitraries.just(ANY_PORT)),
        Tuple.of(1, Arbitraries.of(22, 67, 68, 547, 53, 80)));
  }

  private static Arbitrary<Content> icmp(Family family) {
    var protocol = family == Family.IPV4 ? Probe.ICMP : Probe.ICMPV6;
    return Combinators.combine(icmpType(), Arbitraries.of(0, 1, 3, 4, 255))
        .as((type, code) -> new Content(protocol, 0, 0, "", type, code));
  }

  /** Packets of the conversations that were before. */
  private static List<Arbitrary<Probe>> pasts(Family family) {
    var addresses = Addresses.of(family);
    var host = addresses.host();
    var pasts = new ArrayList<Arbitrary<Probe>>();
    pasts.add(
        past(
            family,
            host,
            new Content(Probe.UDP, Past.ANSWERS, Past.ASKED, "", 0, 0),
            Past.ASKED_BY_HOST));
    pasts.add(
        past(
            family,
            addresses.pod(),
            new Content(Probe.UDP, Past.ANSWERS, Past.ASKED, "", 0, 0),
            Past.ASKED_BY_POD));
    for (var flags : List.of("A", "AP", "AU")) {
      pasts.add(
          past(
              family,
              host,
              new Content(Probe.TCP, Past.CALLER, Past.SERVER, flags, 0, 0),
              Past.ACCEPTED_BY_HOST));
    }
    var four = family == Family.IPV4;
    var protocol = four ? Probe.ICMP : Probe.ICMPV6;
    pasts.add(past(family, host, new Content(protocol, 0, 0, "", four ? 8 : 128, 0), Past.PINGED));
    for (var type : four ? List.of(3, 11, 12) : List.of(1, 3, 4)) {
      pasts.add(past(family, host, new Content(protocol, 0, 0, "", type, 1), Past.ERROR_FOR_HOST));
    }
    return pasts;
  }

  private static Arbitrary<Probe> past(
      Family family, String destination, Content content, Past past) {
    var peer = Addresses.of(family).peer();
    return interfaces()
        .map(in -> content.probe(new Ends(in, null, peer, destination), 64, false, past));
  }

  /** What the host says in the conversations that were before. */
  private static List<Probe> answers(Family family) {
    var answers = new ArrayList<Probe>();
    answers.add(
        answer(
            family,
            new Content(Probe.UDP, Past.HEARD, Past.ANSWERS, "", 0, 0),
            Past.ASKED_BY_PEER));
    for (var flags : List.of("A", "AP", "AU")) {
      answers.add(
          answer(
              family,
              new Content(Probe.TCP, Past.SERVER, Past.CALLER, flags, 0, 0),
              Past.ACCEPTED_BY_HOST));
    }
    var four = family == Family.IPV4;
    var protocol = four ? Probe.ICMP : Probe.ICMPV6;
    answers.add(answer(family, new Content(protocol, 0, 0, "", four ? 0 : 129, 0), Past.PINGED));
    for (var type : four ? List.of(3, 11, 12) : List.of(1, 3, 4)) {
      answers.add(answer(family, new Content(protocol, 0, 0, "", type, 1), Past.ERROR_FOR_PEER));
    }
    return answers;
  }

  private static Probe answer(Family family, Content content, Past past) {
    var addresses = Addresses.of(family);
    var peer = addresses.peer();
    return content.probe(
        new Ends("", Routes.device(peer), addresses.host(), peer), 64, false, past);
  }
}
