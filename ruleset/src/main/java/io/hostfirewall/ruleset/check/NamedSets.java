package io.hostfirewall.ruleset.check;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import io.hostfirewall.api.v1alpha1.Peer;
import io.hostfirewall.api.v1alpha1.PolicyRule;
import io.hostfirewall.ruleset.merge.PeerSets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The address sets that the rules of an accepted policy name. */
public final class NamedSets {

  private static final String NO_NODES =
      "there is no cluster here whose nodes could be looked up. Write their addresses as networks,"
          + " or as a HostFirewallAddressSet and its name as addressSet.";

  private NamedSets() {}

  /** Their names, and those of the sets that stand for nodes. */
  public static Set<String> of(HostFirewallPolicySpec spec) {
    return peers(spec).values().stream()
        .flatMap(peer -> PeerSets.name(peer).stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The selectors of nodes by the names of the sets that stand for them. */
  public static Map<String, LabelSelector> ofNodes(HostFirewallPolicySpec spec) {
    var selectors = new TreeMap<String, LabelSelector>();
    peers(spec).values().stream()
        .flatMap(peer -> Stream.ofNullable(peer.nodes()))
        .forEach(nodes -> selectors.put(PeerSets.ofNodes(nodes), nodes));
    return selectors;
  }

  /** A problem for each peer that only a cluster can know. */
  public static List<Problem> withoutCluster(HostFirewallPolicySpec spec) {
    var problems = new ArrayList<Problem>();
    peers(spec)
        .forEach(
            (field, peer) -> {
              if (peer.nodes() != null) {
                problems.add(new Problem(field + ".nodes", NO_NODES));
              }
            });
    return problems;
  }

  /** A problem for each that is not among those that exist. */
  public static List<Problem> unknown(HostFirewallPolicySpec spec, Set<String> existing) {
    var problems = new ArrayList<Problem>();
    peers(spec)
        .forEach(
            (field, peer) -> {
              if (peer.addressSet() != null && !existing.contains(peer.addressSet())) {
                problems.add(
                    new Problem(field + ".addressSet", sentence(peer.addressSet(), existing)));
              }
            });
    return problems;
  }

  private static String sentence(String name, Set<String> existing) {
    var hint = Spelling.hint(name, existing);
    return "there is no address set \"%s\".%s"
        .formatted(
            name,
            hint.isEmpty()
                ? " Create a HostFirewallAddressSet of that name, or correct the name."
                : hint);
  }

  /** All peers by their place in the policy. */
  private static SequencedMap<String, Peer> peers(HostFirewallPolicySpec spec) {
    var peers = new LinkedHashMap<String, Peer>();
    collect("spec.ingress", spec.ingress(), peers);
    collect("spec.egress", spec.egress(), peers);
    collect("spec.forward", spec.forward(), peers);
    return peers;
  }

  private static void collect(
      String list, @Nullable List<PolicyRule> rules, Map<String, Peer> peers) {
    if (rules == null) {
      return;
    }
    for (var i = 0; i < rules.size(); i++) {
      var rule = rules.get(i);
      place("%s[%d].from".formatted(list, i), rule.from(), peers);
      place("%s[%d].to".formatted(list, i), rule.to(), peers);
    }
  }

  private static void place(String list, @Nullable List<Peer> some, Map<String, Peer> peers) {
    if (some != null) {
      for (var i = 0; i < some.size(); i++) {
        peers.put("%s[%d]".formatted(list, i), some.get(i));
      }
    }
  }
}
