package io.hostfirewall.e2e.walk;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.hostfirewall.api.v1alpha1.Action;
import io.hostfirewall.api.v1alpha1.ConnectionLimit;
import io.hostfirewall.api.v1alpha1.DefaultActions;
import io.hostfirewall.api.v1alpha1.Enforcement;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import io.hostfirewall.api.v1alpha1.IcmpSelector;
import io.hostfirewall.api.v1alpha1.IpFamily;
import io.hostfirewall.api.v1alpha1.LimitScope;
import io.hostfirewall.api.v1alpha1.Logging;
import io.hostfirewall.api.v1alpha1.Peer;
import io.hostfirewall.api.v1alpha1.PolicyRule;
import io.hostfirewall.api.v1alpha1.PortSelector;
import io.hostfirewall.api.v1alpha1.ProtectionMode;
import io.hostfirewall.api.v1alpha1.Protections;
import io.hostfirewall.api.v1alpha1.RateLimit;
import io.hostfirewall.api.v1alpha1.RateUnit;
import io.hostfirewall.api.v1alpha1.ReversePath;
import io.hostfirewall.api.v1alpha1.SourcePrefixLength;
import io.hostfirewall.api.v1alpha1.TransportProtocol;
import io.hostfirewall.ruleset.check.PolicyCheck;
import io.hostfirewall.ruleset.compile.IcmpTypes;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/** Policies that are accepted, about the addresses and ports that {@link ProbeArbitraries} uses. */
final class PolicyArbitraries {

  static final List<String> NETWORKS =
      List.of(
          "203.0.113.66/32",
          "203.0.113.0/24",
          "203.0.113.64/26",
          "198.51.100.0/24",
          "10.42.0.0/16",
          "192.0.2.0/24",
          "0.0.0.0/0",
          "0.0.0.0/1",
          "2001:db8:a:66::1/128",
          "2001:db8:a:66::/64",
          "2001:db8:a::/48",
          "2001:db8::/32",
          "fd42::/16",
          "10.42.0.2/32",
          "fd42::2/128",
          "2001:db8:f::/48",
          "fe80::/10",
          "::/0",
          "8000::/1");

  /** What an ingress rule may name as its destination: of IPv6 few addresses. */
  private static final List<String> OWN_ADDRESSES =
      List.of(
          "192.0.2.1/32",
          "192.0.2.0/24",
          "198.18.1.1/32",
          "224.0.0.0/4",
          "2001:db8:1::1/128",
          "2001:db8:1::/126",
          "2001:db8:2::1/128",
          "ff02::1/128");

  private PolicyArbitraries() {}

  /** What one node obeys. */
  static Arbitrary<List<HostFirewallPolicySpec>> policies() {
    return policy().list().ofMinSize(1).ofMaxSize(2);
  }

  static Arbitrary<HostFirewallPolicySpec> policy() {
    return Combinators.combine(
            Arbitraries.of(100, 500, 900).injectNull(0.5),
            Arbitraries.of(Enforcement.ENFORCE, Enforcement.AUDIT).injectNull(0.6),
            defaultActions().injectNull(0.3),
            protections().injectNull(0.3),
            Arbitraries.of(true, false).injectNull(0.4),
            logging().injectNull(0.6),
            Combinators.combine(
                    named(rule(ownAddresses()).list().ofMaxSize(6)),
                    named(sent().list().ofMaxSize(5)).injectNull(0.3),
                    named(rule(peers()).list().ofMaxSize(4)).injectNull(0.4))
                .as(Rules::new))
        .as(PolicyArbitraries::policy)
        .filter(policy -> PolicyCheck.check(policy).isEmpty());
  }

  /** The rules of all directions. */
  private record Rules(
      List<PolicyRule> ingress,
      @Nullable List<PolicyRule> egress,
      @Nullable List<PolicyRule> forward) {}

  private static HostFirewallPolicySpec policy(
      @Nullable Integer priority,
      @Nullable Enforcement enforcement,
      @Nullable DefaultActions defaultActions,
      @Nullable Protections protections,
      @Nullable Boolean trustNodes,
      @Nullable Logging logging,
      Rules rules) {
    var decidesNothing = enforcement == Enforcement.AUDIT;
    return new HostFirewallPolicySpec(
        new LabelSelector(),
        priority,
        enforcement,
        decidesNothing ? null : defaultActions,
        decidesNothing ? null : protections,
        trustNodes,
        null,
        logging,
        rules.ingress(),
        rules.egress(),
        rules.forward());
  }

  /** So few lines that none comes back while packets are sent. */
  private static Arbitrary<Logging> logging() {
    return Arbitraries.of(1, 2, 5).map(Logging::new);
  }

  private static Arbitrary<DefaultActions> defaultActions() {
    var actions = Arbitraries.of(Action.class).injectNull(0.3);
    return Combinators.combine(actions, actions, actions).as(DefaultActions::new);
  }

  private static Arbitrary<Protections> protections() {
    var modes = Arbitraries.of(ProtectionMode.DISABLED, ProtectionMode.DROP).injectNull(0.3);
    var reversePath = Arbitraries.of(ReversePath.class).injectNull(0.3);
    return Combinators.combine(modes, modes, modes, modes, reversePath).as(Protections::new);
  }

  private static Arbitrary<List<PolicyRule>> named(Arbitrary<List<PolicyRule>> rules) {
    return rules.map(
        list -> {
          var named = new ArrayList<PolicyRule>();
          for (var rule : list) {
            named.add(withName(rule, "r" + named.size()));
          }
          return named;
        });
  }

  private static PolicyRule withName(PolicyRule rule, String name) {
    return new PolicyRule(
        name,
        rule.action(),
        rule.from(),
        rule.to(),
        rule.ports(),
        rule.icmp(),
        rule.protocols(),
        rule.interfaces(),
        rule.rateLimit(),
        rule.connectionLimit(),
        rule.logging());
  }

  /** What packets a rule is about, as one of the ways to say it. */
  private record About(
      @Nullable List<PortSelector> ports,
      @Nullable List<IcmpSelector> icmp,
      @Nullable List<Integer> protocols) {}

  private static Arbitrary<PolicyRule> rule(Arbitrary<List<Peer>> destinations) {
    return Combinators.combine(
            Arbitraries.of(Action.class),
            peers().injectNull(0.5),
            destinations.injectNull(0.7),
            about(),
            interfaces().injectNull(0.7),
            limit().injectNull(0.6),
            connectionLimit().injectNull(0.6),
            logging().injectNull(0.7))
        .as(
            (action, from, to, about, interfaces, limit, connections, logging) ->
                new PolicyRule(
                    "r",
                    action,
                    from,
                    to,
                    about.ports(),
                    about.icmp(),
                    about.protocols(),
                    interfaces,
                    action == Action.ACCEPT ? limit : null,
                    action == Action.ACCEPT ? connections : null,
                    logging));
  }

  /** Of what the host itself sends. */
  private static Arbitrary<PolicyRule> sent() {
    var limitedAsOne =
        limit()
            .map(
                limit ->
                    new RateLimit(
                        limit.limit(),
                        limit.unit(),
                        limit.burst(),
                        null,
                        limit.exceeded(),
                        LimitScope.NODE));
    return Combinators.combine(rule(peers()), limitedAsOne.injectNull(0.6))
        .as(
            (rule, limit) ->
                new PolicyRule(
                    rule.name(),
                    rule.action(),
                    null,
                    rule.to(),
                    rule.ports(),
                    rule.icmp(),
                    rule.protocols(),
                    rule.interfaces(),
                    rule.action() == Action.ACCEPT ? limit : null,
                    null,
                    rule.logging()));
  }

  private static Arbitrary<List<String>> interfaces() {
    return Arbitraries.of("eth0", "eth*", "bond1", "bond*", "cni0", "cali*", "lan7")
        .list()
        .ofMinSize(1)
        .ofMaxSize(2);
  }

  private static Arbitrary<ConnectionLimit> connectionLimit() {
    return Arbitraries.of(1, 2, 3, 1_000_000).map(ConnectionLimit::new);
  }

  private static Arbitrary<List<Peer>> peers() {
    var networks = Arbitraries.of(NETWORKS).list().ofMinSize(1);
    var named =
        Combinators.combine(networks.ofMaxSize(3), networks.ofMaxSize(2).injectNull(0.6))
            .as((in, out) -> new Peer(in, out, null, null));
    var set =
        Arbitraries.of(
            new Peer(null, null, Site.OFFICES, null),
            new Peer(null, null, null, Site.RACK),
            new Peer(null, null, null, Site.ZONES));
    return Arbitraries.frequencyOf(Tuple.of(4, named), Tuple.of(1, set))
        .list()
        .ofMinSize(1)
        .ofMaxSize(2);
  }

  private static Arbitrary<List<Peer>> ownAddresses() {
    var addresses = Arbitraries.of(OWN_ADDRESSES).list().ofMinSize(1);
    var named =
        Combinators.combine(addresses.ofMaxSize(3), addresses.ofMaxSize(2).injectNull(0.6))
            .as((in, out) -> new Peer(in, out, null, null));
    var anyone = Arbitraries.just(new Peer(List.of("0.0.0.0/0", "::/0"), null, null, null));
    return Arbitraries.frequencyOf(Tuple.of(6, named), Tuple.of(1, anyone))
        .list()
        .ofMinSize(1)
        .ofMaxSize(2);
  }

  private static Arbitrary<About> about() {
    var ports = port().list().ofMinSize(1);
    var icmp = icmp().list().ofMinSize(1).ofMaxSize(3);
    var protocols = ProbeArbitraries.protocol().list().ofMinSize(1).ofMaxSize(3);
    return Arbitraries.frequencyOf(
        Tuple.of(1, Arbitraries.just(new About(null, null, null))),
        Tuple.of(5, ports.ofMaxSize(4).map(some -> new About(some, null, null))),
        Tuple.of(1, ports.ofMaxSize(24).map(many -> new About(many, null, null))),
        Tuple.of(2, icmp.map(types -> new About(null, types, null))),
        Tuple.of(1, protocols.map(numbers -> new About(null, null, numbers))));
  }

  private static Arbitrary<PortSelector> port() {
    return Combinators.combine(
            Arbitraries.of(TransportProtocol.class),
            ProbeArbitraries.port(),
            Arbitraries.of(1, 100, 65535).injectNull(0.7))
        .as(
            (protocol, port, more) ->
                new PortSelector(
                    protocol, port, more == null ? null : Math.min(65535, port + more)));
  }

  private static Arbitrary<IcmpSelector> icmp() {
    var names = Arbitraries.of(List.copyOf(IcmpTypes.names()));
    var named =
        Combinators.combine(names, Arbitraries.of(IpFamily.class).injectNull(0.5))
            .as((name, family) -> new IcmpSelector(name, null, family));
    var numbers = ProbeArbitraries.icmpType().map(String::valueOf);
    var numbered =
        Combinators.combine(
                Arbitraries.oneOf(names, numbers),
                Arbitraries.of(0, 1, 3, 255).injectNull(0.5),
                Arbitraries.of(IpFamily.class))
            .as(IcmpSelector::new);
    return Arbitraries.oneOf(named, numbered);
  }

  /**
   * Either a few packets that do not come back before the test is over, or more than are ever sent.
   */
  private static Arbitrary<RateLimit> limit() {
    var few =
        Combinators.combine(
                Arbitraries.of(RateUnit.HOUR, RateUnit.MINUTE),
                Arbitraries.integers().between(1, 4))
            .as((unit, burst) -> new RateLimit(1, unit, burst, null, null, null));
    var many =
        Combinators.combine(
                Arbitraries.of(RateUnit.SECOND, RateUnit.DAY), Arbitraries.of(1, 60, 1000))
            .as(
                (unit, limit) ->
                    unit == RateUnit.SECOND
                        ? new RateLimit(limit, unit, 5000, null, null, null)
                        : new RateLimit(10_000, unit, 5000, null, null, null));
    var prefixes =
        Combinators.combine(
                Arbitraries.of(8, 24, 32).injectNull(0.3),
                Arbitraries.of(48, 56, 128).injectNull(0.3))
            .as(SourcePrefixLength::new);
    return Combinators.combine(
            Arbitraries.oneOf(few, few, many),
            prefixes.injectNull(0.5),
            Arbitraries.of(Action.DENY, Action.REJECT).injectNull(0.4),
            Arbitraries.of(LimitScope.class).injectNull(0.5))
        .as(
            (limit, prefix, exceeded, scope) ->
                new RateLimit(
                    limit.limit(),
                    limit.unit(),
                    limit.burst(),
                    scope == LimitScope.NODE ? null : prefix,
                    exceeded,
                    scope));
  }
}
