package io.hostfirewall.ruleset.importing;

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
import io.hostfirewall.api.v1alpha1.SourcePrefixLength;
import io.hostfirewall.api.v1alpha1.TransportProtocol;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Networks;
import io.hostfirewall.ruleset.model.PortRange;
import io.hostfirewall.ruleset.model.Protocol;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes rules of a policy. */
final class RuleWriter {

  private static final int MOST_PEERS = 16;
  private static final int MOST_NETWORKS = 64;
  private static final int MOST_EXCEPT = 32;
  private static final int MOST_PORTS = 32;
  private static final int MOST_INTERFACES = 16;
  private static final int MOST_OWN_ADDRESSES = 64;
  private static final String INTERFACE = "[A-Za-z0-9._-]+[+]?";

  /** Why a rule cannot be written. */
  static final class CannotException extends Exception {
    private static final long serialVersionUID = 1;

    CannotException(String sentence) {
      super(sentence);
    }

    String sentence() {
      return String.valueOf(getMessage());
    }
  }

  private final Hook hook;

  RuleWriter(Hook hook) {
    this.hook = hook;
  }

  /**
   * The rule as one of a policy, or as several if it has more of something than one may have; they
   * have the same name.
   */
  List<PolicyRule> write(DraftRule draft, String name) throws CannotException {
    var decision = draft.first();
    var from = from(draft);
    var to = to(draft);
    var ports = ports(decision.packets().payload());
    var chunks = new ArrayList<PolicyRule>();
    for (var some : chunks(from, MOST_PEERS)) {
      for (var others : chunks(to, MOST_PEERS)) {
        for (var few : chunks(ports, MOST_PORTS)) {
          chunks.add(rule(draft, name, some, others, few));
        }
      }
    }
    if (chunks.size() > 1 && !decision.isPlain()) {
      throw new CannotException("a limited rule has too many networks or ports for one rule");
    }
    return chunks;
  }

  /** In egress, where nobody is named, the destinations name the family. */
  private List<Peer> from(DraftRule draft) throws CannotException {
    if (hook != Hook.OUTPUT) {
      return peers(draft, Packets::sources);
    }
    if (isNamed(draft, Packets::sources)) {
      throw new CannotException("an egress rule has no sources; the node sends from its own");
    }
    return List.of();
  }

  private List<Peer> to(DraftRule draft) throws CannotException {
    if (hook != Hook.OUTPUT && !isNamed(draft, Packets::destinations)) {
      return List.of();
    }
    if (hook == Hook.INPUT && draft.parts().stream().anyMatch(RuleWriter::isTooWide)) {
      throw new CannotException(
          "an ingress rule names at most %d networks of IPv4 or addresses of IPv6 that are the node's own"
              .formatted(MOST_OWN_ADDRESSES));
    }
    return peers(draft, Packets::destinations);
  }

  /** A policy with more is refused (RuleCheck). */
  private static boolean isTooWide(DraftRule.Part part) {
    var named = Networks.aggregate(part.family(), part.decision().packets().destinations());
    return part.family() == Family.IPV4
        ? named.size() > MOST_OWN_ADDRESSES
        : !Packets.isEverything(named)
            && addresses(named).compareTo(BigInteger.valueOf(MOST_OWN_ADDRESSES)) > 0;
  }

  private static BigInteger addresses(List<Cidr> networks) {
    return networks.stream()
        .map(network -> BigInteger.ONE.shiftLeft(network.family().addressBits() - network.length()))
        .reduce(BigInteger.ZERO, BigInteger::add);
  }

  private static boolean isNamed(DraftRule draft, Function<Packets, List<Cidr>> networks) {
    return draft.parts().stream()
        .anyMatch(part -> !Packets.isEverything(networks.apply(part.decision().packets())));
  }

  private PolicyRule rule(
      DraftRule draft, String name, List<Peer> from, List<Peer> to, List<PortSelector> ports)
      throws CannotException {
    var decision = draft.first();
    var icmp = icmp(draft);
    var numbers =
        decision.packets().payload() instanceof Payload.Numbers(var protocols)
            ? protocols.stream().sorted().toList()
            : null;
    return new PolicyRule(
        name,
        decision.action(),
        nullIfEmpty(from),
        nullIfEmpty(to),
        nullIfEmpty(ports),
        nullIfEmpty(icmp),
        numbers,
        interfaces(decision.packets()),
        rateLimit(draft),
        connectionLimit(decision),
        logging(decision));
  }

  private static <T> @Nullable List<T> nullIfEmpty(List<T> values) {
    return values.isEmpty() ? null : values;
  }

  private static <T> List<List<T>> chunks(List<T> values, int most) {
    if (values.isEmpty()) {
      return List.of(values);
    }
    var chunks = new ArrayList<List<T>>();
    for (var i = 0; i < values.size(); i += most) {
      chunks.add(values.subList(i, Math.min(i + most, values.size())));
    }
    return chunks;
  }

  /** None for anyone in every family that there is. */
  private static List<Peer> peers(DraftRule draft, Function<Packets, List<Cidr>> networks) {
    var peers = new ArrayList<Peer>();
    var anyone = true;
    for (var part : draft.parts()) {
      var named = networks.apply(part.decision().packets());
      anyone &= Packets.isEverything(named);
      peers.addAll(peers(part.family(), named));
    }
    return anyone && draft.parts().size() == Family.values().length ? List.of() : peers;
  }

  private static List<Peer> peers(Family family, List<Cidr> networks) {
    var all = Packets.everywhere(family);
    var missing = Networks.subtract(family, all, networks);
    if (!missing.isEmpty() && missing.size() < networks.size() && missing.size() <= MOST_EXCEPT) {
      return List.of(new Peer(text(all), text(missing), null, null));
    }
    return chunks(networks, MOST_NETWORKS).stream()
        .map(some -> new Peer(text(some), null, null, null))
        .toList();
  }

  private static List<String> text(List<Cidr> networks) {
    return networks.stream().map(Cidr::toString).toList();
  }

  /** Port 0 is none that anybody can speak to. */
  private static List<PortSelector> ports(Payload payload) throws CannotException {
    var selectors = new ArrayList<PortSelector>();
    if (payload instanceof Payload.ToPorts(var protocols, var ports)) {
      for (var protocol : List.of(Protocol.TCP, Protocol.UDP, Protocol.SCTP)) {
        for (var range : protocols.contains(protocol) ? ports.ranges() : List.<PortRange>of()) {
          var first = Math.max(1, range.first());
          if (first <= range.last()) {
            var last = range.last() == first ? null : range.last();
            selectors.add(
                new PortSelector(
                    TransportProtocol.valueOf(protocol.text().toUpperCase(Locale.ROOT)),
                    first,
                    last));
          }
        }
      }
      if (selectors.isEmpty()) {
        throw new CannotException("nobody can speak to port 0");
      }
    }
    return selectors;
  }

  private static List<IcmpSelector> icmp(DraftRule draft) {
    var selectors = new ArrayList<IcmpSelector>();
    var isPing =
        draft.parts().stream()
            .allMatch(part -> types(part).contains(new Payload.Icmp.Type(ping(part), null)));
    if (isPing && !types(draft.parts().getFirst()).isEmpty()) {
      selectors.add(new IcmpSelector("EchoRequest", null, null));
    }
    for (var part : draft.parts()) {
      var family = part.family() == Family.IPV4 ? IpFamily.IPV4 : IpFamily.IPV6;
      for (var type : types(part).stream().sorted().toList()) {
        var named = type.type() == ping(part) && type.code() == null;
        if (named && !isPing) {
          selectors.add(new IcmpSelector("EchoRequest", null, family));
        } else if (!named) {
          selectors.add(new IcmpSelector(Integer.toString(type.type()), type.code(), family));
        }
      }
    }
    return selectors;
  }

  private static int ping(DraftRule.Part part) {
    return part.family() == Family.IPV4 ? 8 : 128;
  }

  private static Set<Payload.Icmp.Type> types(DraftRule.Part part) {
    return part.decision().packets().payload() instanceof Payload.Icmp(var types)
        ? types
        : Set.of();
  }

  private @Nullable List<String> interfaces(Packets packets) throws CannotException {
    var meant = hook == Hook.OUTPUT ? packets.out() : packets.in();
    if (hook == Hook.FORWARD && !packets.out().equals(Interfaces.ALL)) {
      throw new CannotException("a forward rule does not ask by which interface packets leave");
    }
    if (meant.equals(Interfaces.ALL)) {
      return null;
    }
    if (!meant.except().isEmpty()) {
      throw new CannotException(
          "a policy names the interfaces that a rule is about, not those that it is not about");
    }
    if (meant.only().size() > MOST_INTERFACES
        || !meant.only().stream().allMatch(name -> name.matches(INTERFACE))) {
      throw new CannotException("these interfaces cannot be named in a policy");
    }
    return meant.only().stream().map(name -> name.replace('+', '*')).toList();
  }

  private @Nullable RateLimit rateLimit(DraftRule draft) {
    var rate = draft.first().rate();
    if (rate == null) {
      return null;
    }
    // The node is the one source of all that it sends.
    var perSource = rate.perSource() && hook != Hook.OUTPUT;
    var exceeded = draft.first().exceeded() == Action.DENY ? null : draft.first().exceeded();
    return new RateLimit(
        rate.limit(),
        rate.unit(),
        rate.burst(),
        perSource ? prefix(draft) : null,
        exceeded,
        perSource ? null : LimitScope.NODE);
  }

  /** What differs from a policy's own: a source is one address in IPv4, and a /64 in IPv6. */
  private static @Nullable SourcePrefixLength prefix(DraftRule draft) {
    Integer ipv4 = null;
    Integer ipv6 = null;
    for (var part : draft.parts()) {
      var rate = part.decision().rate();
      if (rate != null && part.family() == Family.IPV4 && rate.prefix() != 32) {
        ipv4 = rate.prefix();
      } else if (rate != null && part.family() == Family.IPV6 && rate.prefix() != 64) {
        ipv6 = rate.prefix();
      }
    }
    return ipv4 == null && ipv6 == null ? null : new SourcePrefixLength(ipv4, ipv6);
  }

  private @Nullable ConnectionLimit connectionLimit(Decision decision) throws CannotException {
    var connections = decision.connections();
    if (connections == null) {
      return null;
    }
    if (hook == Hook.OUTPUT) {
      throw new CannotException("an egress rule has no limit of connections");
    }
    return new ConnectionLimit(connections.most());
  }

  private @Nullable Logging logging(Decision decision) {
    return decision.logPerMinute() == null ? null : new Logging(decision.logPerMinute());
  }
}
