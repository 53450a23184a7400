package io.hostfirewall.operator.address;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.hostfirewall.operator.select.NodeView;
import io.hostfirewall.ruleset.merge.NodeSelector;
import io.hostfirewall.ruleset.model.Cidr;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** The networks of the cluster itself: its nodes, its pods, its API servers, its control plane. */
final class ClusterAddresses {

  static final String NODES = "cluster-nodes";
  static final String PODS = "cluster-pods";
  static final String API_SERVERS = "cluster-apiservers";
  static final String CONTROL_PLANE = "cluster-control-plane";

  static final Set<String> NAMES = Set.of(NODES, PODS, API_SERVERS, CONTROL_PLANE);

  private static final Logger LOG = Logger.getLogger(ClusterAddresses.class);

  private ClusterAddresses() {}

  /**
   * The content of each set, sorted; a set without content is empty, not absent.
   *
   * @param podCidrs networks of pods that no Node tells of
   */
  static SequencedMap<String, List<String>> of(
      Collection<NodeView> nodes, Collection<EndpointSlice> apiServers, List<String> podCidrs) {
    var sets = new LinkedHashMap<String, List<String>>();
    sets.put(NODES, canonical(nodes.stream().flatMap(node -> node.addresses().stream())));
    sets.put(
        PODS,
        canonical(
            Stream.concat(
                podCidrs.stream(), nodes.stream().flatMap(node -> node.podCidrs().stream()))));
    var endpoints = endpoints(apiServers);
    sets.put(API_SERVERS, canonical(endpoints.stream()));
    sets.put(
        CONTROL_PLANE,
        canonical(
            nodes.stream()
                .filter(node -> isOfControlPlane(node, endpoints))
                .flatMap(node -> node.addresses().stream())));
    return sets;
  }

  /**
   * The content of the set of each selector: the addresses of the nodes that it picks.
   *
   * @param selectors by the names of their sets
   */
  static SequencedMap<String, List<String>> ofNodes(
      Map<String, LabelSelector> selectors, Collection<NodeView> nodes) {
    var sets = new LinkedHashMap<String, List<String>>();
    selectors.forEach(
        (name, selector) ->
            sets.put(
                name,
                canonical(
                    nodes.stream()
                        .filter(node -> NodeSelector.picks(selector, node.labels()))
                        .flatMap(node -> node.addresses().stream()))));
    return sets;
  }

  private static Set<String> endpoints(Collection<EndpointSlice> apiServers) {
    return apiServers.stream()
        .flatMap(slice -> slice.getEndpoints().stream())
        .flatMap(endpoint -> endpoint.getAddresses().stream())
        .collect(Collectors.toSet());
  }

  /** Some distributions label their nodes otherwise, or not at all. */
  private static boolean isOfControlPlane(NodeView node, Set<String> apiServers) {
    return node.controlPlane() || node.addresses().stream().anyMatch(apiServers::contains);
  }

  private static List<String> canonical(Stream<String> networks) {
    return networks
        .flatMap(ClusterAddresses::parse)
        .distinct()
        .sorted()
        .map(Cidr::toString)
        .toList();
  }

  /** What is no network is left out: the others must not wait for it. */
  private static Stream<Cidr> parse(String network) {
    try {
      return Stream.of(Cidr.parse(withLength(network)));
    } catch (IllegalArgumentException e) {
      LOG.warnf("left out of the address sets: %s", e.getMessage());
      return Stream.empty();
    }
  }

  private static String withLength(String network) {
    if (network.contains("/")) {
      return network;
    }
    return network + (network.contains(":") ? "/128" : "/32");
  }
}
