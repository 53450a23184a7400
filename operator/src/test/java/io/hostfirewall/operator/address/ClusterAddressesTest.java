package io.hostfirewall.operator.address;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.hostfirewall.operator.Samples;
import io.hostfirewall.operator.select.NodeView;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterAddressesTest {

  @Test
  void each_set_is_sorted_canonical_and_without_repeats() {
    var nodes =
        List.of(
            NodeView.of(Samples.node("n2", "web", "10.99.0.12")),
            NodeView.of(Samples.node("n1", "web", "10.99.0.9")),
            NodeView.of(Samples.node("n3", "web", "fd99:0::1")));

    var sets =
        ClusterAddresses.of(
            nodes,
            List.of(Samples.apiServers(6443, "10.99.0.1")),
            List.of("10.42.0.0/16", "10.42.1.0/24"));

    assertThat(sets.get("cluster-nodes"))
        .containsExactly("10.99.0.9/32", "10.99.0.12/32", "fd99::1/128");
    assertThat(sets.get("cluster-pods"))
        .containsExactlyInAnyOrder("10.42.0.0/16", "10.42.1.0/24", "fd42:1::/64");
    assertThat(sets.get("cluster-apiservers")).containsExactly("10.99.0.1/32");
  }

  @Test
  void a_selector_stands_for_the_addresses_of_the_nodes_that_it_picks() {
    var nodes =
        List.of(
            NodeView.of(Samples.node("n2", "web", "10.99.0.12")),
            NodeView.of(Samples.node("n1", "db", "10.99.0.11")));
    var web = new LabelSelectorBuilder().addToMatchLabels("role", "web").build();
    var none = new LabelSelectorBuilder().addToMatchLabels("role", "cache").build();

    assertThat(
            ClusterAddresses.ofNodes(
                Map.of("web", web, "none", none, "all", new LabelSelector()), nodes))
        .containsOnly(
            Map.entry("web", List.of("10.99.0.12/32")),
            Map.entry("none", List.of()),
            Map.entry("all", List.of("10.99.0.11/32", "10.99.0.12/32")));
  }

  @Test
  void the_control_plane_is_whoever_has_the_label_or_an_api_server() {
    var labelled = Samples.node("n1", "web", "10.99.0.9");
    labelled.getMetadata().getLabels().put("node-role.kubernetes.io/control-plane", "");
    var nodes =
        List.of(
            NodeView.of(labelled),
            NodeView.of(Samples.node("n2", "web", "10.99.0.12")),
            NodeView.of(Samples.node("n3", "web", "10.99.0.1")));

    var sets =
        ClusterAddresses.of(
            nodes, List.of(Samples.apiServers(6443, "10.99.0.1", "192.0.2.7")), List.of());

    assertThat(sets.get("cluster-control-plane")).containsExactly("10.99.0.1/32", "10.99.0.9/32");
  }

  @Test
  void an_empty_set_is_there_and_empty() {
    assertThat(ClusterAddresses.of(List.of(), List.of(), List.of()))
        .containsOnlyKeys(
            "cluster-nodes", "cluster-pods", "cluster-apiservers", "cluster-control-plane")
        .allSatisfy((name, networks) -> assertThat(networks).isEmpty());
  }

  @Test
  void what_is_no_address_does_not_keep_out_the_others() {
    var nodes =
        List.of(
            NodeView.of(Samples.node("n1", "web", "node-1.example")),
            NodeView.of(Samples.node("n2", "web", "10.99.0.12")));

    assertThat(ClusterAddresses.of(nodes, List.of(), List.of()).get("cluster-nodes"))
        .containsExactly("10.99.0.12/32");
  }
}
