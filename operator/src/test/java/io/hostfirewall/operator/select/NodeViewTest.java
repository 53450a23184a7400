package io.hostfirewall.operator.select;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import io.hostfirewall.operator.Samples;
import org.junit.jupiter.api.Test;

class NodeViewTest {

  private final Node node = Samples.node("n1", "web", "10.99.0.11");

  @Test
  void a_heartbeat_is_no_change() {
    var ready = withReady("True", "2026-01-01T00:00:00Z");
    var heartbeat = withReady("True", "2026-01-01T00:05:00Z");
    heartbeat.getMetadata().setResourceVersion("7");

    assertThat(NodeView.changed(ready, heartbeat)).isFalse();
  }

  @Test
  void a_label_an_address_a_pod_network_and_readiness_are_changes() {
    var relabelled =
        new NodeBuilder(node).editMetadata().addToLabels("a", "b").endMetadata().build();
    var moved =
        new NodeBuilder(node).editStatus().addNewAddress("10.99.0.77", "ExternalIP").endStatus();
    var podNetwork = new NodeBuilder(node).editSpec().addToPodCIDRs("10.42.9.0/24").endSpec();

    assertThat(NodeView.changed(node, relabelled)).isTrue();
    assertThat(NodeView.changed(node, moved.build())).isTrue();
    assertThat(NodeView.changed(node, podNetwork.build())).isTrue();
    assertThat(NodeView.changed(node, withReady("Unknown", "2026-01-01T00:00:00Z"))).isTrue();
  }

  @Test
  void only_a_ready_condition_that_is_not_true_makes_a_node_unreachable() {
    assertThat(NodeView.of(node).unreachable()).isFalse();
    assertThat(NodeView.of(withReady("True", "x")).unreachable()).isFalse();
    assertThat(NodeView.of(withReady("False", "x")).unreachable()).isTrue();
    assertThat(NodeView.of(withReady("Unknown", "x")).unreachable()).isTrue();
  }

  @Test
  void addresses_are_those_that_packets_can_have() {
    assertThat(NodeView.of(node).addresses()).containsExactly("10.99.0.11");
    assertThat(NodeView.of(node).podCidrs()).containsExactly("10.42.1.0/24", "fd42:1::/64");
    assertThat(NodeView.of(node).kubeletPort()).isEqualTo(10250);
  }

  private Node withReady(String status, String heartbeat) {
    return new NodeBuilder(node)
        .editStatus()
        .withConditions(
            new NodeConditionBuilder()
                .withType("Ready")
                .withStatus(status)
                .withLastHeartbeatTime(heartbeat)
                .build())
        .endStatus()
        .build();
  }
}
