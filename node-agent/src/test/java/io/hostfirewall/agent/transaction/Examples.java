package io.hostfirewall.agent.transaction;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.hostfirewall.api.v1alpha1.Action;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import io.hostfirewall.api.v1alpha1.Peer;
import io.hostfirewall.api.v1alpha1.PolicyRule;
import io.hostfirewall.api.v1alpha1.PortSelector;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.api.v1alpha1.TransportProtocol;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.merge.PolicyMerge;
import io.hostfirewall.ruleset.model.Family;
import java.util.List;
import java.util.Map;

/** Policies to try things with. */
public final class Examples {

  private Examples() {}

  /** Opens one TCP port to a network in each family. */
  public static RevisionPolicy opening(int port) {
    return policy(
        List.of(new PortSelector(TransportProtocol.TCP, port, null)),
        new Peer(
            List.of("10.9." + port % 256 + ".0/24", "fd09:" + port + "::/64"), null, null, null));
  }

  /** Opens a TCP port to an address set. */
  public static RevisionPolicy openingTo(String addressSet) {
    return policy(
        List.of(new PortSelector(TransportProtocol.TCP, 22, null)),
        new Peer(null, null, addressSet, null));
  }

  private static RevisionPolicy policy(List<PortSelector> ports, Peer from) {
    var rule =
        new PolicyRule(
            "door", Action.ACCEPT, List.of(from), null, ports, null, null, null, null, null, null);
    var spec =
        new HostFirewallPolicySpec(
            new LabelSelector(),
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            List.of(rule),
            null,
            null);
    return new RevisionPolicy("example", "uid", 1L, spec);
  }

  static Wanted wanted(int port) {
    return wanted(opening(port), "hfr-" + port);
  }

  private static Wanted wanted(RevisionPolicy policy, String revision) {
    return Wanted.of(
        PolicyMerge.merge(List.of(policy)),
        NodeFacts.standAlone(),
        Map.of(),
        List.of(Family.values()),
        revision);
  }

  /** The same for several networks, which take a set in each family. */
  static Wanted wantedOfSeveral(int port) {
    var third = port % 256;
    var networks =
        List.of(
            "10.9." + third + ".0/24",
            "10.10." + third + ".0/24",
            "fd09:" + port + "::/64",
            "fd10:" + port + "::/64");
    var several =
        policy(
            List.of(new PortSelector(TransportProtocol.TCP, port, null)),
            new Peer(networks, null, null, null));
    return wanted(several, "hfr-" + port);
  }
}
