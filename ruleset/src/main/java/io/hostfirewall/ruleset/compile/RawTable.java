package io.hostfirewall.ruleset.compile;

import static io.hostfirewall.ruleset.compile.Rules.builtIn;
import static io.hostfirewall.ruleset.compile.Rules.drop;
import static io.hostfirewall.ruleset.compile.Rules.pass;

import io.hostfirewall.api.v1alpha1.ProtectionMode;
import io.hostfirewall.api.v1alpha1.ReversePath;
import io.hostfirewall.ruleset.merge.EffectivePolicy;
import io.hostfirewall.ruleset.model.Chain;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.Match.AddressType;
import io.hostfirewall.ruleset.model.Origin;
import io.hostfirewall.ruleset.model.Protocol;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.Table;
import io.hostfirewall.ruleset.model.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The table raw: packets that no honest host sends, dropped before they cost a look at connections.
 */
final class RawTable {

  private static final Cidr LOOPBACK_IPV4 = Cidr.parse("127.0.0.0/8");
  private static final Cidr LOOPBACK_IPV6 = Cidr.parse("::1/128");
  private static final Cidr MULTICAST_IPV6 = Cidr.parse("ff00::/8");

  private final EffectivePolicy policy;
  private final NodeFacts facts;
  private final Family family;
  private final Failsafe failsafe;

  RawTable(EffectivePolicy policy, NodeFacts facts, Family family, Failsafe failsafe) {
    this.policy = policy;
    this.facts = facts;
    this.family = family;
    this.failsafe = failsafe;
  }

  Table compile() {
    var rules = new ArrayList<>(NotOurs.rules(facts, family));
    rules.addAll(new Untracked(facts, family).received());
    rules.addAll(failsafe.rules());
    rules.addAll(spoofedSource());
    rules.addAll(bridgedFrames());
    rules.addAll(reversePath());
    rules.addAll(bogusFlags());
    return new Table(TableName.RAW, Uplinks.narrow(facts, new Chain("RAW", rules)));
  }

  /**
   * Only packets to one receiver: the kernel loops the node's own multicast back with the node's
   * own source.
   */
  private List<Rule> spoofedSource() {
    var protection = policy.spoofedSource();
    if (protection.value() == ProtectionMode.DISABLED) {
      return List.of();
    }
    var origin = protection.origin();
    var own = Match.InSet.source(SetNames.ownNetworks(family));
    if (family == Family.IPV6) {
      var unicast = new Match.Destination(MULTICAST_IPV6, true);
      return List.of(
          drop(origin, new Match.Source(LOOPBACK_IPV6, false)), drop(origin, unicast, own));
    }
    var unicast = new Match.DestinationType(Set.of(AddressType.UNICAST, AddressType.LOCAL), false);
    return List.of(
        drop(origin, new Match.Source(LOOPBACK_IPV4, false), unicast),
        drop(origin, new Match.Destination(LOOPBACK_IPV4, false), unicast),
        drop(origin, own, unicast));
  }

  private List<Rule> reversePath() {
    var protection = policy.reversePath();
    return switch (protection.value()) {
      case DISABLED -> List.of();
      case LOOSE -> List.of(drop(protection.origin(), new Match.ReversePathFails(true)));
      case STRICT -> List.of(drop(protection.origin(), new Match.ReversePathFails(false)));
    };
  }

  private List<Rule> bogusFlags() {
    var protection = policy.bogusTcpFlags();
    if (protection.value() == ProtectionMode.DISABLED) {
      return List.of();
    }
    var rules = new ArrayList<Rule>();
    rules.add(pass(builtIn("no TCP"), new Match.IsProtocol(Protocol.TCP, true)));
    BogusFlags.ALL.forEach(flags -> rules.add(drop(protection.origin(), tcp(), flags)));
    return rules;
  }

  /**
   * Here a frame that a bridge will forward looks like a packet to be routed; only those to the
   * node itself are ours.
   */
  private List<Rule> bridgedFrames() {
    var judged =
        policy.bogusTcpFlags().value() == ProtectionMode.DROP
            || policy.reversePath().value() != ReversePath.DISABLED;
    if (!facts.bridgeNetfilter() || !judged) {
      return List.of();
    }
    Origin origin = builtIn("bridged frames");
    return facts.bridges().stream()
        .map(
            bridge ->
                pass(
                    origin,
                    new Match.InInterface(bridge, false),
                    new Match.DestinationType(Set.of(AddressType.LOCAL), true)))
        .toList();
  }

  private static Match tcp() {
    return new Match.IsProtocol(Protocol.TCP, false);
  }
}
