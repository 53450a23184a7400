package io.hostfirewall.agent.policyfile;

import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.check.NamedSets;
import io.hostfirewall.ruleset.compile.SetNames;
import io.hostfirewall.ruleset.merge.NodeSelector;
import io.hostfirewall.ruleset.model.Cidr;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A cluster as expectations tell of it.
 *
 * @param pods networks of pods that no node has for itself
 * @param apiServers addresses of API servers that are no nodes
 * @param podInterfaces by which packets of pods come beside the known ones
 * @param routedPods whether packets of other nodes' pods come by the uplink, not by a tunnel
 * @param addressSets that policies may name beside those of their files
 */
public record SupposedCluster(
    List<SupposedNode> nodes,
    List<Cidr> pods,
    List<Cidr> apiServers,
    List<String> podInterfaces,
    boolean routedPods,
    Map<String, List<Cidr>> addressSets) {

  public SupposedCluster {
    nodes = List.copyOf(nodes);
    pods = List.copyOf(pods);
    apiServers = List.copyOf(apiServers);
    podInterfaces = List.copyOf(podInterfaces);
    addressSets = Map.copyOf(addressSets);
  }

  Optional<SupposedNode> node(String name) {
    return nodes.stream().filter(node -> node.name().equals(name)).findFirst();
  }

  /** Networks of all pods. */
  public List<Cidr> allPods() {
    return Stream.concat(pods.stream(), nodes.stream().flatMap(node -> node.pods().stream()))
        .toList();
  }

  /** What the sets hold that these policies may name, as the operator keeps them. */
  public Map<String, List<Cidr>> sets(List<RevisionPolicy> policies) {
    var sets = new HashMap<>(addressSets);
    var ofApiServers =
        Stream.concat(apiServers.stream(), of(node -> node.apiServerPort() != null).stream())
            .toList();
    sets.put(SetNames.CLUSTER_NODES, of(node -> true));
    sets.put(SetNames.CLUSTER_PODS, allPods());
    sets.put(SetNames.CLUSTER_API_SERVERS, ofApiServers);
    sets.put(
        SetNames.CLUSTER_CONTROL_PLANE,
        of(
            node ->
                node.isOfControlPlane()
                    || node.addresses().stream().anyMatch(ofApiServers::contains)));
    for (var policy : policies) {
      NamedSets.ofNodes(policy.spec())
          .forEach(
              (name, selector) ->
                  sets.put(name, of(node -> NodeSelector.picks(selector, node.labels()))));
    }
    return sets;
  }

  private List<Cidr> of(Predicate<SupposedNode> which) {
    return nodes.stream().filter(which).flatMap(node -> node.addresses().stream()).toList();
  }
}
