package io.hostfirewall.ruleset.compile;

import io.hostfirewall.api.v1alpha1.Peer;
import io.hostfirewall.ruleset.merge.PeerSets;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.IpSet;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.Match.SetKey;
import io.hostfirewall.ruleset.model.Networks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the ends of a rule's connections. All networks of a list become one set, never a rule
 * each; these sets are collected on the way. An address set is a set of its own, which lives.
 */
final class RulePeers {

  /** Anyone: no condition. */
  private static final List<List<Match>> ANYONE = List.of(List.of());

  private final Family family;
  private final Map<String, IpSet> sets = new TreeMap<>();

  RulePeers(Family family) {
    this.family = family;
  }

  /** The sets of networks that the lists seen so far refer to. */
  List<IpSet> sets() {
    return List.copyOf(sets.values());
  }

  /** Whether a list names somebody in this family; a network of every address is no name. */
  boolean isExplicit(@Nullable List<Peer> peers) {
    return peers != null
        && (!live(peers).isEmpty() || !networks(peers).isEmpty())
        && !isAnyone(peers);
  }

  /** The matches on a rule's {@code from}, as {@link #alternatives}. */
  List<List<Match>> sources(@Nullable List<Peer> from) {
    return alternatives(from, SetKey.SOURCE);
  }

  /** The matches on a rule's {@code to}, as {@link #alternatives}. */
  List<List<Match>> destinations(@Nullable List<Peer> to) {
    return alternatives(to, SetKey.DESTINATION);
  }

  /**
   * The same by the address that was spoken to before it was translated. The kernel looks that up
   * in no set: a match for each network. Of IPv6 one for each address, because ip6tables-save does
   * not print how long a network is (seen with 1.8.9).
   */
  List<List<Match>> originalDestinations(@Nullable List<Peer> to) {
    return to == null || isAnyone(to)
        ? ANYONE
        : networks(to).stream()
            .flatMap(
                network ->
                    network.family() == Family.IPV6 ? network.addresses() : Stream.of(network))
            .map(network -> List.<Match>of(new Match.OriginalDestination(network)))
            .toList();
  }

  /**
   * Each of them holds for some of the peers; one without a condition for anyone, none at all if
   * the list is about nobody in this family.
   */
  private List<List<Match>> alternatives(@Nullable List<Peer> peers, SetKey key) {
    if (peers == null || isAnyone(peers)) {
      return ANYONE;
    }
    return Stream.concat(fixed(peers).stream(), live(peers).stream())
        .map(set -> List.<Match>of(new Match.InSet(set, key, false)))
        .toList();
  }

  private boolean isAnyone(List<Peer> peers) {
    return networks(peers).stream().anyMatch(Cidr::isEverything);
  }

  /** The set of the networks that stand in the list itself; none if there are none. */
  private List<String> fixed(List<Peer> peers) {
    var networks = networks(peers);
    if (networks.isEmpty()) {
      return List.of();
    }
    var entries = LiveSets.networks("", family, networks).entries();
    var name = SetNames.ruleSet(family, entries);
    sets.putIfAbsent(name, new IpSet(name, IpSet.Type.NETWORKS, family, entries));
    return List.of(name);
  }

  /** The sets of address sets. One that has nothing in this family is empty, and stands. */
  private List<String> live(List<Peer> peers) {
    return peers.stream()
        .flatMap(peer -> PeerSets.name(peer).stream())
        .distinct()
        .sorted()
        .map(name -> SetNames.addressSet(family, name))
        .toList();
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
