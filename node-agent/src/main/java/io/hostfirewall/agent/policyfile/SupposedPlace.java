package io.hostfirewall.agent.policyfile;

import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.compile.NodeFacts.PodRoute;
import io.hostfirewall.ruleset.merge.NodeSelector;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.packet.Here;
import java.util.List;
import java.util.stream.Stream;

/** The node of a cluster that packets of expectations meet. */
public record SupposedPlace(SupposedCluster cluster, SupposedNode node) {

  /** The bridge of the node's own pods, as the plug-in bridge calls it. */
  private static final String POD_BRIDGE = "cni0";

  /** Those of the policies that select the node. */
  public List<RevisionPolicy> selecting(List<RevisionPolicy> policies) {
    return policies.stream()
        .filter(policy -> NodeSelector.picks(policy.spec().nodeSelector(), node.labels()))
        .toList();
  }

  /** By which interfaces the node reaches pods. */
  public List<PodRoute> routes(String uplink) {
    var own = node.pods().stream().map(network -> new PodRoute(network, POD_BRIDGE));
    var others =
        cluster.routedPods()
            ? cluster.allPods().stream()
                .filter(network -> !node.pods().contains(network))
                .map(network -> new PodRoute(network, uplink))
            : Stream.<PodRoute>empty();
    return Stream.concat(own, others).toList();
  }

  /** What stands for the node in packets. */
  Here here(String uplink) {
    var unseen = Here.unseen(uplink);
    return new Here() {
      @Override
      public Cidr address(Family family) {
        return node.addresses().stream()
            .filter(address -> address.family() == family)
            .findFirst()
            .orElseGet(() -> unseen.address(family));
      }

      @Override
      public String interfaceTowards(Cidr address) {
        return node.pods().stream().anyMatch(pods -> pods.contains(address)) ? POD_BRIDGE : uplink;
      }
    };
  }
}
