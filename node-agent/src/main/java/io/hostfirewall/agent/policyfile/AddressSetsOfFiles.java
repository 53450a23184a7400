package io.hostfirewall.agent.policyfile;

import io.hostfirewall.api.v1alpha1.HostFirewallAddressSetSpec;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import io.hostfirewall.api.v1alpha1.Peer;
import io.hostfirewall.api.v1alpha1.PolicyRule;
import io.hostfirewall.ruleset.model.Cidr;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The address sets of files. Nobody tells a host without a cluster that one changed, so their
 * networks take the place of their names: another content is another rule set, with a trial of its
 * own.
 */
final class AddressSetsOfFiles {

  private final Set<String> objects = new HashSet<>();
  private final Map<String, List<String>> networks = new TreeMap<>();

  /** Objects of one set add up. */
  void add(String name, HostFirewallAddressSetSpec spec) {
    objects.add(name);
    networks.computeIfAbsent(set(name, spec), set -> new ArrayList<>()).addAll(spec.networks());
  }

  /**
   * Adds the objects of a cluster that stay, to those sets that become others: by an object that is
   * here, or by one of the same name that no more belongs to them. A set that loses its last object
   * keeps what it held.
   */
  void addBeside(Map<String, HostFirewallAddressSetSpec> cluster) {
    var changed = new HashSet<>(networks.keySet());
    cluster.forEach(
        (name, spec) -> {
          if (objects.contains(name)) {
            changed.add(set(name, spec));
          }
        });
    cluster.forEach(
        (name, spec) -> {
          if (!objects.contains(name) && changed.contains(set(name, spec))) {
            add(name, spec);
          }
        });
  }

  private static String set(String name, HostFirewallAddressSetSpec spec) {
    var set = spec.set();
    return set == null ? name : set;
  }

  Set<String> names() {
    return networks.keySet();
  }

  /** The same sets with what others say that they hold; those that others do not know are none. */
  AddressSetsOfFiles asBefore(Map<String, List<Cidr>> content) {
    var before = new AddressSetsOfFiles();
    networks.keySet().stream()
        .filter(content::containsKey)
        .forEach(
            name ->
                before.networks.put(
                    name,
                    content.getOrDefault(name, List.of()).stream().map(Cidr::toString).toList()));
    return before;
  }

  /** The policy with networks in place of the names of these sets. */
  HostFirewallPolicySpec inPlace(HostFirewallPolicySpec spec) {
    return new HostFirewallPolicySpec(
        spec.nodeSelector(),
        spec.priority(),
        spec.enforcement(),
        spec.defaultActions(),
        spec.protections(),
        spec.trustNodes(),
        spec.acknowledgeLockout(),
        spec.logging(),
        rules(spec.ingress()),
        rules(spec.egress()),
        rules(spec.forward()));
  }

  private @Nullable List<PolicyRule> rules(@Nullable List<PolicyRule> rules) {
    return rules == null ? null : rules.stream().map(this::rule).toList();
  }

  private PolicyRule rule(PolicyRule rule) {
    return new PolicyRule(
        rule.name(),
        rule.action(),
        peers(rule.from()),
        peers(rule.to()),
        rule.ports(),
        rule.icmp(),
        rule.protocols(),
        rule.interfaces(),
        rule.rateLimit(),
        rule.connectionLimit(),
        rule.logging());
  }

  private @Nullable List<Peer> peers(@Nullable List<Peer> peers) {
    return peers == null ? null : peers.stream().map(this::peer).toList();
  }

  private Peer peer(Peer peer) {
    var name = peer.addressSet();
    var content = name == null ? null : networks.get(name);
    return content == null ? peer : new Peer(content, null, null, peer.nodes());
  }
}
