package io.hostfirewall.ruleset.compile;

import io.hostfirewall.api.v1alpha1.Peer;
import io.hostfirewall.api.v1alpha1.PolicyRule;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.IpSet;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.Networks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who a rule is about. Its networks become one set, never a rule each; the sets are collected on
 * the way.
 */
final class RuleSources {

  private final Family family;
  private final Map<String, IpSet> sets = new TreeMap<>();

  RuleSources(Family family) {
    this.family = family;
  }

  /** The sets that the rules seen so far refer to. */
  List<IpSet> sets() {
    return List.copyOf(sets.values());
  }

  /** Whether the rule names its sources in this family; a network of every address is no name. */
  boolean isExplicit(PolicyRule rule) {
    return rule.from() != null && !networks(rule.from()).stream().allMatch(Cidr::isEverything);
  }

  /**
   * The match on a rule's sources: no condition for anyone; empty if the rule is about nobody in
   * this family.
   */
  Optional<List<Match>> match(PolicyRule rule) {
    if (rule.from() == null) {
      return Optional.of(List.of());
    }
    var networks = networks(rule.from());
    if (networks.isEmpty()) {
      return Optional.empty();
    }
    if (networks.getFirst().isEverything()) {
      return Optional.of(List.of());
    }
    var entries = LiveSets.networks("", family, networks).entries();
    var name = SetNames.ruleSet(family, entries);
    sets.putIfAbsent(name, new IpSet(name, IpSet.Type.NETWORKS, family, entries));
    return Optional.of(List.of(new Match.InSet(name, false, false)));
  }

  private List<Cidr> networks(List<Peer> peers) {
    var networks = new ArrayList<Cidr>();
    for (var peer : peers) {
      networks.addAll(Networks.subtract(family, parse(peer.networks()), parse(peer.except())));
    }
    return Networks.aggregate(family, networks);
  }

  private static List<Cidr> parse(@Nullable List<String> networks) {
    return networks == null ? List.of() : networks.stream().map(Cidr::parse).toList();
  }
}
