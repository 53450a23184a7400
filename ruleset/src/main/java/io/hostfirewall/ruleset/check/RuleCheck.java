package io.hostfirewall.ruleset.check;

import io.hostfirewall.api.v1alpha1.Action;
import io.hostfirewall.api.v1alpha1.ConnectionLimit;
import io.hostfirewall.api.v1alpha1.IcmpSelector;
import io.hostfirewall.api.v1alpha1.IpFamily;
import io.hostfirewall.api.v1alpha1.LimitScope;
import io.hostfirewall.api.v1alpha1.Logging;
import io.hostfirewall.api.v1alpha1.Peer;
import io.hostfirewall.api.v1alpha1.PolicyRule;
import io.hostfirewall.api.v1alpha1.PortSelector;
import io.hostfirewall.api.v1alpha1.RateLimit;
import io.hostfirewall.ruleset.compile.IcmpTypes;
import io.hostfirewall.ruleset.compile.Limiter;
import io.hostfirewall.ruleset.merge.Direction;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Networks;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Says what is wrong with one rule. */
final class RuleCheck {

  private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,40}");

  private static final int MAX_PEERS = 16;
  private static final int MAX_NETWORKS = 64;
  private static final int MAX_EXCEPT = 32;

  /** A translated connection takes a rule of iptables for each, and each range of ports. */
  private static final int MAX_OWN_NETWORKS = 64;

  private static final int MAX_PORTS = 32;
  private static final int MAX_ICMP = 16;
  private static final int MAX_INTERFACES = 16;
  private static final int MAX_PROTOCOLS = 16;

  /** The kernel reads it as any type, whatever the code (ip_tables.c, icmp_type_code_match). */
  private static final String EVERY_TYPE_OF_IPV4 = "255";

  /** Headers that stand between IPv6's own and the protocol's (RFC 8200, section 4). */
  private static final Set<Integer> HEADERS = Set.of(0, 43, 44, 60);

  private static final int MAX_LIMIT = 10_000;
  private static final int MAX_BURST = 1_000_000;
  private static final int MAX_CONNECTIONS = 1_000_000;
  private static final int MAX_LINES = 10_000;

  /**
   * Beyond about 38 hours xt_hashlimit wraps silently (measured: 1/min with a burst of 5000 admits
   * 526).
   */
  private static final long MAX_REFILL_SECONDS = 24 * 3600;

  private RuleCheck() {}

  static void check(Findings at, PolicyRule rule, Direction direction) {
    if (at.require("name", rule.name(), "Give the rule a name such as \"ssh\"")
        && !NAME.matcher(rule.name()).matches()) {
      name(at, rule.name());
    }
    at.require("action", rule.action(), "Write Accept, Deny or Reject");
    each(at, "from", rule.from(), MAX_PEERS, RuleCheck::peer);
    each(at, "to", rule.to(), MAX_PEERS, RuleCheck::peer);
    switch (direction) {
      case INGRESS -> ownAddress(at, rule.to());
      case FORWARD -> {}
      case EGRESS -> sentByThisNode(at, rule);
    }
    each(at, "ports", rule.ports(), MAX_PORTS, RuleCheck::port);
    each(at, "icmp", rule.icmp(), MAX_ICMP, RuleCheck::icmp);
    each(at, "interfaces", rule.interfaces(), MAX_INTERFACES, RuleCheck::interfaceName);
    each(at, "protocols", rule.protocols(), MAX_PROTOCOLS, RuleCheck::protocol);
    if (rule.ports() != null && rule.icmp() != null) {
      at.add("icmp", "cannot stand beside ports. Make two rules of it");
    }
    if (rule.protocols() != null && (rule.ports() != null || rule.icmp() != null)) {
      at.add("protocols", "cannot stand beside ports or icmp. Make two rules of it");
    }
    if (rule.rateLimit() != null) {
      rateLimit(at.at("rateLimit"), rule.rateLimit(), rule.action());
    }
    if (rule.connectionLimit() != null) {
      connectionLimit(at.at("connectionLimit"), rule.connectionLimit(), rule.action());
    }
    logging(at, rule.logging());
  }

  private static void name(Findings at, String name) {
    var nearest = name.toLowerCase(Locale.ROOT).replaceAll("[ _.:/]+", "-");
    at.addWhole(
        "name",
        "\"%s\" must be 1 to 40 of the characters a-z, 0-9 and -.%s"
            .formatted(
                name, NAME.matcher(nearest).matches() ? " Write \"%s\".".formatted(nearest) : ""));
  }

  private static void ownAddress(Findings at, @Nullable List<@Nullable Peer> to) {
    if (to == null) {
      return;
    }
    for (var i = 0; i < to.size(); i++) {
      var peer = to.get(i);
      if (peer != null && (peer.addressSet() != null || peer.nodes() != null)) {
        at.at("to", i).add("is an address of this node in an ingress rule. Write networks");
        return;
      }
    }
    if (networks(Family.IPV4, to).size() > MAX_OWN_NETWORKS) {
      at.add(
          "to",
          "is more than %d networks of IPv4 without its exceptions. Name fewer"
              .formatted(MAX_OWN_NETWORKS));
    }
    var bits = Family.IPV6.addressBits();
    var addresses =
        networks(Family.IPV6, to).stream()
            .map(network -> BigInteger.ONE.shiftLeft(bits - network.length()))
            .reduce(BigInteger.ZERO, BigInteger::add);
    if (addresses.compareTo(BigInteger.valueOf(MAX_OWN_NETWORKS)) > 0
        && !addresses.equals(BigInteger.ONE.shiftLeft(bits))) {
      at.add(
          "to",
          "is more than %d addresses of IPv6, which an ingress rule looks at one by one. Name this node's own"
              .formatted(MAX_OWN_NETWORKS));
    }
  }

  /** What is left without the exceptions; nothing if one of them makes no sense. */
  private static List<Cidr> networks(Family family, List<@Nullable Peer> peers) {
    try {
      var networks = new ArrayList<Cidr>();
      for (var peer : peers) {
        if (peer != null) {
          networks.addAll(Networks.subtract(family, parse(peer.networks()), parse(peer.except())));
        }
      }
      return Networks.aggregate(family, networks);
    } catch (IllegalArgumentException e) {
      return List.of();
    }
  }

  private static List<Cidr> parse(@Nullable List<String> networks) {
    return networks == null ? List.of() : networks.stream().map(Cidr::parse).toList();
  }

  private static void sentByThisNode(Findings at, PolicyRule rule) {
    if (rule.from() != null) {
      at.add("from", "cannot stand in an egress rule: its connections come from this node. Use to");
    }
    if (rule.rateLimit() != null && rule.rateLimit().per() != LimitScope.NODE) {
      at.at("rateLimit")
          .add(
              "per",
              "must be Node in an egress rule: all that it is about comes from one source, this"
                  + " node");
    }
    if (rule.connectionLimit() != null) {
      at.add(
          "connectionLimit",
          "counts by source, and all that an egress rule is about comes from one, this node. Leave"
              + " it out");
    }
  }

  private static <T> void each(
      Findings at,
      String list,
      @Nullable List<@Nullable T> values,
      int most,
      BiConsumer<Findings, T> check) {
    each(at, list, values, 1, most, check);
  }

  static <T> void each(
      Findings at,
      String list,
      @Nullable List<@Nullable T> values,
      int least,
      int most,
      BiConsumer<Findings, T> check) {
    at.size(list, values, least, most);
    if (values == null) {
      return;
    }
    for (var i = 0; i < values.size(); i++) {
      var value = values.get(i);
      if (value == null) {
        at.at(list, i).add("is empty. Write a value, or leave the dash out");
      } else {
        check.accept(at.at(list, i), value);
      }
    }
  }

  private static void peer(Findings at, Peer peer) {
    var kinds =
        (peer.networks() == null ? 0 : 1)
            + (peer.addressSet() == null ? 0 : 1)
            + (peer.nodes() == null ? 0 : 1);
    if (kinds != 1) {
      at.add("must have exactly one of networks, addressSet and nodes");
    }
    if (peer.except() != null && peer.networks() == null) {
      at.add("except", "can only stand beside networks");
    }
    SelectorCheck.check(at.at("nodes"), peer.nodes());
    each(at, "networks", peer.networks(), MAX_NETWORKS, NetworkCheck::check);
    each(at, "except", peer.except(), MAX_EXCEPT, NetworkCheck::check);
  }

  private static void port(Findings at, PortSelector port) {
    at.require("protocol", port.protocol(), "Write TCP, UDP or SCTP");
    if (!at.require("port", port.port(), "Write a number from 1 to 65535")) {
      return;
    }
    at.range("port", port.port(), 1, 65535);
    at.range("endPort", port.endPort(), 1, 65535);
    if (port.endPort() != null && port.endPort() < port.port()) {
      at.add(
          "endPort",
          "%d is below port %d. Write port: %d, endPort: %d"
              .formatted(port.endPort(), port.port(), port.endPort(), port.port()));
    }
  }

  private static void icmp(Findings at, IcmpSelector icmp) {
    at.range("code", icmp.code(), 0, 255);
    if (icmp.code() != null && icmp.family() == null) {
      at.add("family", "is required beside a code. Write IPv4 or IPv6");
    }
    if (!at.require("type", icmp.type(), "Write a name such as EchoRequest, or a number")) {
      return;
    }
    if (IcmpTypes.names().contains(icmp.type())) {
      return;
    }
    if (!icmp.type().matches("0|[1-9]\\d{0,2}") || Integer.parseInt(icmp.type()) > 255) {
      at.addWhole(
          "type",
          "\"%s\" is no ICMP type. Write a number from 0 to 255, or one of %s.%s"
              .formatted(
                  icmp.type(),
                  String.join(", ", IcmpTypes.names()),
                  Spelling.hint(icmp.type(), IcmpTypes.names())));
    } else if (icmp.family() == null && icmp.code() == null) {
      at.add("family", "is required beside a number. Write IPv4 or IPv6");
    } else if (icmp.type().equals(EVERY_TYPE_OF_IPV4) && icmp.family() == IpFamily.IPV4) {
      at.add(
          "type",
          "\"255\" is every type of IPv4 to the kernel. For all of ICMP write protocols: [1] instead"
              + " of icmp");
    }
  }

  private static void protocol(Findings at, Integer number) {
    if (number < 0 || number > 255) {
      at.add("must be from 1 to 255, not %d".formatted(number));
    } else if (HEADERS.contains(number)) {
      at.add("%d is a header of IPv6, not a protocol. Leave it out".formatted(number));
    }
  }

  /** The kernel's names have 15 characters at most (if.h, IFNAMSIZ), a pattern counts as long. */
  private static void interfaceName(Findings at, String name) {
    if (!name.matches("[A-Za-z0-9._-]{1,15}|[A-Za-z0-9._-]{1,14}\\*")) {
      at.add(
          "\"%s\" is no interface. Write a name of up to 15 characters such as eth0, or bond* for all that begin so"
              .formatted(name));
    }
  }

  private static void rateLimit(Findings at, RateLimit limit, @Nullable Action action) {
    if (action != null && action != Action.ACCEPT) {
      at.add("can only stand beside action Accept. What exceeds it is decided by exceeded");
    }
    if (limit.exceeded() == Action.ACCEPT) {
      at.add("exceeded", "must be Deny or Reject");
    }
    if (limit.per() == LimitScope.NODE && limit.sourcePrefixLength() != null) {
      at.add("sourcePrefixLength", "cannot stand beside per: Node. Leave one of them out");
    }
    if (limit.sourcePrefixLength() != null) {
      var prefix = at.at("sourcePrefixLength");
      prefix.range("ipv4", limit.sourcePrefixLength().ipv4(), 1, 32);
      prefix.range("ipv6", limit.sourcePrefixLength().ipv6(), 1, 128);
    }
    at.range("limit", limit.limit(), 1, MAX_LIMIT);
    at.range("burst", limit.burst(), 1, MAX_BURST);
    var limited = at.require("limit", limit.limit(), "Write how many per unit");
    var timed = at.require("unit", limit.unit(), "Write Second, Minute, Hour or Day");
    var burst = at.require("burst", limit.burst(), "Write how many may come at once");
    if (limited
        && timed
        && burst
        && limit.limit() >= 1
        && limit.limit() <= MAX_LIMIT
        && limit.burst() >= 1) {
      kernelBounds(at, limit);
    }
  }

  private static void connectionLimit(Findings at, ConnectionLimit limit, @Nullable Action action) {
    if (action != null && action != Action.ACCEPT) {
      at.add("can only stand beside action Accept. What exceeds it is dropped");
    }
    at.require("perSource", limit.perSource(), "Write how many connections one source may have");
    at.range("perSource", limit.perSource(), 1, MAX_CONNECTIONS);
  }

  /** Logging has the same bounds in a rule and beside the default actions. */
  static void logging(Findings at, @Nullable Logging logging) {
    if (logging != null) {
      var place = at.at("logging");
      place.require("perMinute", logging.perMinute(), "Write how many packets to log a minute");
      place.range("perMinute", logging.perMinute(), 1, MAX_LINES);
    }
  }

  private static void kernelBounds(Findings at, RateLimit limit) {
    if (!Limiter.isExact(limit)) {
      at.add(
          "limit",
          "the kernel cannot keep %d per %s; the nearest it keeps is %s"
              .formatted(
                  limit.limit(),
                  limit.unit().name().toLowerCase(Locale.ROOT),
                  Limiter.rate(limit)));
    }
    if (Limiter.refillSeconds(limit) > MAX_REFILL_SECONDS) {
      at.add(
          "burst",
          "%d takes more than 24 hours to come back at this limit. Lower burst, or raise limit"
              .formatted(limit.burst()));
    }
  }
}
