package io.hostfirewall.ruleset.diff;

import io.hostfirewall.ruleset.compile.IcmpTypes;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Networks;
import io.hostfirewall.ruleset.space.Dimension;
import io.hostfirewall.ruleset.space.Dimension.Header;
import io.hostfirewall.ruleset.space.Region;
import io.hostfirewall.ruleset.space.Spans;
import io.hostfirewall.ruleset.space.Spans.Span;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Parts of regions in words. */
final class Words {

  private static final Map<Integer, String> PROTOCOLS =
      Map.of(1, "icmp", 6, "tcp", 17, "udp", 58, "icmpv6", 132, "sctp");

  private Words() {}

  /** {@code tcp/22,80}, {@code icmp echo-request}, {@code protocol 47}, {@code everything}. */
  static String services(Region region) {
    var protocols = region.in(Header.PROTOCOL);
    if (isAll(region, Header.PROTOCOL)) {
      return isAll(region, Header.DESTINATION_PORT) ? "everything" : "ports " + ports(region);
    }
    var single = only(protocols);
    if (single.isEmpty()) {
      return isInverse(region, Header.PROTOCOL)
          ? "everything but " + list(inverse(region, Header.PROTOCOL), Words::protocol)
          : list(protocols, Words::protocol) + portsIfAny(region);
    }
    var name = protocol(single.get());
    return switch (name) {
      case "tcp", "udp", "sctp" ->
          isAll(region, Header.DESTINATION_PORT) ? "all " + name : name + "/" + ports(region);
      case "icmp", "icmpv6" ->
          isAll(region, Header.ICMP) ? "all " + name : name + " " + icmp(region);
      default -> name;
    };
  }

  private static String portsIfAny(Region region) {
    return isAll(region, Header.DESTINATION_PORT) ? "" : " ports " + ports(region);
  }

  private static String ports(Region region) {
    return isInverse(region, Header.DESTINATION_PORT)
        ? "all but " + list(inverse(region, Header.DESTINATION_PORT), BigInteger::toString)
        : list(region.in(Header.DESTINATION_PORT), BigInteger::toString);
  }

  private static String icmp(Region region) {
    return isInverse(region, Header.ICMP)
        ? "but " + types(inverse(region, Header.ICMP), region.family())
        : types(region.in(Header.ICMP), region.family());
  }

  private static String types(Spans types, Family family) {
    return types.spans().stream()
        .map(span -> type(span.first().intValue(), span.last().intValue(), family))
        .collect(Collectors.joining(", "));
  }

  /** A type stands for its 256 codes. */
  private static String type(int first, int last, Family family) {
    if (first % 256 == 0 && last == first + 255) {
      return IcmpTypes.names().stream()
          .filter(name -> IcmpTypes.number(name, family) == first / 256)
          .map(name -> name.replaceAll("(?<=.)([A-Z])", "-$1").toLowerCase(Locale.ROOT))
          .findFirst()
          .orElse("type " + first / 256);
    }
    return first == last
        ? "type %d code %d".formatted(first / 256, first % 256)
        : "types %d/%d to %d/%d".formatted(first / 256, first % 256, last / 256, last % 256);
  }

  private static String protocol(BigInteger number) {
    var name = PROTOCOLS.get(number.intValue());
    return name == null ? "protocol " + number : name;
  }

  /** {@code 10.0.0.0/8}, {@code anyone}, {@code anyone but 10.66.0.0/16}. */
  static String people(Region region, Header end) {
    var anyone = region.family() == Family.IPV4 ? "any IPv4 address" : "any IPv6 address";
    if (isAll(region, end)) {
      return anyone;
    }
    var networks = networks(region.in(end), region.family());
    var others = networks(inverse(region, end), region.family());
    return others.size() < networks.size() ? anyone + " but " + joined(others) : joined(networks);
  }

  private static List<Cidr> networks(Spans spans, Family family) {
    return spans.spans().stream()
        .flatMap(span -> Networks.range(family, span.first(), span.last()).stream())
        .toList();
  }

  private static String joined(List<Cidr> networks) {
    return networks.stream().map(Cidr::setEntry).collect(Collectors.joining(", "));
  }

  /** The names of interfaces; empty for all. */
  static String interfaces(Spans names, Spans all) {
    if (names.equals(all)) {
      return "";
    }
    var inverse = all.minus(names);
    return inverse.spans().size() < names.spans().size()
        ? "but " + devices(inverse)
        : devices(names);
  }

  /** A span of names is all that begin like its first. */
  private static String devices(Spans names) {
    return names.spans().stream()
        .map(span -> name(span.first()) + (span.first().equals(span.last()) ? "" : "+"))
        .collect(Collectors.joining(","));
  }

  private static String name(BigInteger bytes) {
    return new String(bytes.toByteArray(), StandardCharsets.UTF_8).replace("\0", "");
  }

  private static String list(Spans spans, Function<BigInteger, String> word) {
    return spans.spans().stream()
        .map(span -> span.first().equals(span.last()) ? word.apply(span.first()) : span(span, word))
        .collect(Collectors.joining(","));
  }

  private static String span(Span span, Function<BigInteger, String> word) {
    return word.apply(span.first()) + "-" + word.apply(span.last());
  }

  private static Optional<BigInteger> only(Spans spans) {
    return spans.spans().size() == 1
            && spans.spans().getFirst().first().equals(spans.spans().getFirst().last())
        ? Optional.of(spans.spans().getFirst().first())
        : Optional.empty();
  }

  private static boolean isAll(Region region, Dimension dimension) {
    return region.in(dimension).equals(dimension.universe(region.family()));
  }

  /** Whether it takes fewer words to say what is not in it. */
  private static boolean isInverse(Region region, Dimension dimension) {
    return inverse(region, dimension).spans().size() < region.in(dimension).spans().size();
  }

  private static Spans inverse(Region region, Dimension dimension) {
    return dimension.universe(region.family()).minus(region.in(dimension));
  }
}
