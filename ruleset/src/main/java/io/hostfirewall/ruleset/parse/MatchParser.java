package io.hostfirewall.ruleset.parse;

import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.ConnState;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.PortRange;
import io.hostfirewall.ruleset.model.Protocol;
import io.hostfirewall.ruleset.model.Rate;
import io.hostfirewall.ruleset.model.TcpFlag;
import io.hostfirewall.ruleset.render.RuleText;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads one option of a rule, or one {@code -m} with its options, in the forms in which we write
 * them.
 */
final class MatchParser {

  private MatchParser() {}

  /**
   * The match at which the words stand, with another one that iptables prints as a part of it.
   * Empty if it is none of ours; words are then taken in part.
   */
  static List<Match> parse(Words words) {
    try {
      var match = read(words);
      if (match instanceof Match.Ports(var protocol, _, _) && protocol.equals(Protocol.TCP)) {
        return tcpFlags(words).map(flags -> List.of(match, flags)).orElseGet(() -> List.of(match));
      }
      return match == null ? List.of() : List.of(match);
    } catch (IllegalArgumentException e) {
      return List.of();
    }
  }

  private static @Nullable Match read(Words words) {
    var negated = words.takes("!");
    return switch (words.take()) {
      case "-s" -> new Match.Source(Cidr.parse(words.take()), negated);
      case "-d" -> new Match.Destination(Cidr.parse(words.take()), negated);
      case "-i" -> new Match.InInterface(words.take(), negated);
      case "-o" -> new Match.OutInterface(words.take(), negated);
      case "-p" -> new Match.IsProtocol(Protocol.parse(words.take()), negated);
      case "-m" -> module(words);
      default -> null;
    };
  }

  private static @Nullable Match module(Words words) {
    return switch (words.take()) {
      case "tcp" -> tcp(words);
      case "udp" -> ports(words, Protocol.UDP);
      case "sctp" -> ports(words, Protocol.SCTP);
      case "multiport" -> words.takes("--dports") ? multiPort(words.take()) : null;
      case "icmp" -> words.takes("--icmp-type") ? icmp(Family.IPV4, words.take()) : null;
      case "icmp6" -> words.takes("--icmpv6-type") ? icmp(Family.IPV6, words.take()) : null;
      case "ah" -> new Match.AuthenticationHeader();
      case "hl" -> words.takes("--hl-eq") ? new Match.HopLimit(number(words)) : null;
      case "conntrack" -> conntrack(words);
      case "set" -> set(words);
      case "addrtype" -> addressType(words);
      case "rpfilter" -> reversePath(words);
      case "physdev" -> words.takes("--physdev-is-bridged") ? new Match.Bridged() : null;
      case "hashlimit" -> hashLimit(words);
      case "connlimit" -> connections(words);
      default -> null;
    };
  }

  private static int number(Words words) {
    return Integer.parseInt(words.take());
  }

  private static Match tcp(Words words) {
    return tcpFlags(words).orElseGet(() -> ports(words, Protocol.TCP));
  }

  private static Optional<Match> tcpFlags(Words words) {
    var start = words.position();
    var negated = words.takes("!");
    if (words.takes("--tcp-flags")) {
      return Optional.of(new Match.TcpFlags(flags(words.take()), flags(words.take()), negated));
    }
    words.back(start);
    return Optional.empty();
  }

  private static Set<TcpFlag> flags(String text) {
    return text.equals("NONE") ? Set.of() : names(TcpFlag.class, text);
  }

  private static <E extends Enum<E>> Set<E> names(Class<E> type, String list) {
    var values = EnumSet.noneOf(type);
    for (var name : list.split(",", -1)) {
      values.add(Enum.valueOf(type, name));
    }
    return values;
  }

  private static Match ports(Words words, Protocol protocol) {
    var source = words.takes("--sport") ? PortRange.parse(words.take()) : null;
    var destination = words.takes("--dport") ? PortRange.parse(words.take()) : null;
    return new Match.Ports(protocol, source, destination);
  }

  private static Match multiPort(String list) {
    return new Match.MultiPort(Arrays.stream(list.split(",", -1)).map(PortRange::parse).toList());
  }

  private static Match icmp(Family family, String type) {
    var slash = type.indexOf('/');
    return slash < 0
        ? new Match.IcmpType(family, Integer.parseInt(type), null)
        : new Match.IcmpType(
            family,
            Integer.parseInt(type.substring(0, slash)),
            Integer.valueOf(type.substring(slash + 1)));
  }

  private static @Nullable Match conntrack(Words words) {
    var negated = words.takes("!");
    if (words.takes("--ctstate")) {
      return new Match.InState(names(ConnState.class, words.take()), negated);
    }
    if (negated) {
      return null;
    }
    if (words.takes("--ctorigdst")) {
      return new Match.OriginalDestination(Cidr.parse(words.take()));
    }
    return words.takes("--ctorigdstport")
        ? new Match.OriginalDestinationPort(PortRange.parse(words.take()))
        : null;
  }

  private static @Nullable Match set(Words words) {
    var negated = words.takes("!");
    if (!words.takes("--match-set")) {
      return null;
    }
    var name = words.take();
    var key = words.take();
    return Arrays.stream(Match.SetKey.values())
        .filter(known -> known.text().equals(key))
        .findFirst()
        .map(known -> new Match.InSet(name, known, negated))
        .orElse(null);
  }

  private static @Nullable Match addressType(Words words) {
    var negated = words.takes("!");
    return words.takes("--dst-type")
        ? new Match.DestinationType(names(Match.AddressType.class, words.take()), negated)
        : null;
  }

  private static @Nullable Match reversePath(Words words) {
    var loose = words.takes("--loose");
    return words.takes("--invert") ? new Match.ReversePathFails(loose) : null;
  }

  private static @Nullable Match hashLimit(Words words) {
    if (!words.takes("--hashlimit-upto")) {
      return null;
    }
    var rate = rate(words.take());
    var burst = option(words, "--hashlimit-burst");
    if (!words.takes("--hashlimit-mode") || !words.takes("srcip")) {
      return null;
    }
    if (!words.takes("--hashlimit-name")) {
      return null;
    }
    var name = words.take();
    var buckets = option(words, "--hashlimit-htable-size");
    var sources = option(words, "--hashlimit-htable-max");
    var expiry =
        words.takes("--hashlimit-htable-expire")
            ? Long.parseLong(words.take())
            : RuleText.defaultExpiryMillis(rate);
    var bits = (name.startsWith(Family.IPV4.setPrefix()) ? Family.IPV4 : Family.IPV6).addressBits();
    var prefix = words.takes("--hashlimit-srcmask") ? number(words) : bits;
    return new Match.HashLimit(
        name, rate, burst, prefix, bits, (int) buckets, (int) sources, Duration.ofMillis(expiry));
  }

  private static @Nullable Match connections(Words words) {
    var count = (int) option(words, "--connlimit-above");
    var prefix = (int) option(words, "--connlimit-mask");
    return words.takes("--connlimit-saddr") ? new Match.ConnectionsAbove(count, prefix) : null;
  }

  private static long option(Words words, String name) {
    if (!words.takes(name)) {
      throw new IllegalArgumentException("no " + name);
    }
    return Long.parseLong(words.take());
  }

  private static Rate rate(String text) {
    var slash = text.indexOf('/');
    var unit = text.substring(slash + 1);
    return Arrays.stream(Rate.Unit.values())
        .filter(u -> u.text().equals(unit))
        .findFirst()
        .map(u -> new Rate(Long.parseLong(text.substring(0, slash)), u))
        .orElseThrow(() -> new IllegalArgumentException("no rate: " + text));
  }
}
