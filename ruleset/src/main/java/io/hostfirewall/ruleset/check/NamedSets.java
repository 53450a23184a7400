package io.hostfirewall.ruleset.check;

import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import io.hostfirewall.api.v1alpha1.Peer;
import io.hostfirewall.api.v1alpha1.PolicyRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The address sets that the rules of an accepted policy name. */
public final class NamedSets {

  private NamedSets() {}

  /** Their names. */
  public static Set<String> of(HostFirewallPolicySpec spec) {
    var names = new TreeSet<String>();
    peers(spec)
        .values()
        .forEach(
            peer -> {
              if (peer.addressSet() != null) {
                names.add(peer.addressSet());
              }
            });
    return names;
  }

  /** A problem for each that is not among those that exist. */
  public static List<Problem> unknown(HostFirewallPolicySpec spec, Set<String> existing) {
    var problems = new ArrayList<Problem>();
    peers(spec)
        .forEach(
            (field, peer) -> {
              if (peer.addressSet() != null && !existing.contains(peer.addressSet())) {
                problems.add(new Problem(field + ".addressSet", sentence(peer.addressSet())));
              }
            });
    return problems;
  }

  private static String sentence(String name) {
    return "there is no address set \"%s\". Create a HostFirewallAddressSet of that name, or correct the name."
        .formatted(name);
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
