package io.hostfirewall.operator.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateSpec;
import io.hostfirewall.operator.Samples;
import io.hostfirewall.operator.select.NodeView;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodeStatesTest {

  private final NodeView node = NodeView.of(Samples.node("n1", "web", "10.99.0.11"));
  private final ApiServerEndpoints apiServers =
      new ApiServerEndpoints(List.of(Samples.apiServers(6443, "10.99.0.1", "10.99.0.2")));

  @Test
  void a_node_learns_what_the_cluster_knows_of_it() {
    var described = NodeStates.describe(node, apiServers);

    assertThat(described.addresses()).containsExactly("10.99.0.11");
    assertThat(described.podCIDRs()).containsExactly("10.42.1.0/24", "fd42:1::/64");
    assertThat(described.kubeletPort()).isEqualTo(10250);
    assertThat(described.apiServerPorts()).isEmpty();
    assertThat(described.controlPlane()).isFalse();
  }

  @Test
  void a_node_with_an_api_server_learns_its_port() {
    var controlPlane = NodeView.of(Samples.node("cp", "cp", "10.99.0.2"));

    assertThat(NodeStates.describe(controlPlane, apiServers).apiServerPorts())
        .containsExactly(6443);
  }

  @Test
  void a_state_goes_with_its_node_and_is_written_only_when_it_says_something_else() {
    var wanted = new HostFirewallNodeStateSpec("hfr-1", NodeStates.describe(node, apiServers));
    var state = NodeStates.of(node, wanted);

    assertThat(state.getMetadata().getOwnerReferences())
        .singleElement()
        .satisfies(owner -> assertThat(owner.getUid()).isEqualTo("uid-of-n1"));
    assertThat(NodeStates.says(state, node, wanted)).isTrue();
    assertThat(NodeStates.says(null, node, wanted)).isFalse();
    assertThat(NodeStates.says(state, node, new HostFirewallNodeStateSpec("hfr-2", wanted.node())))
        .isFalse();
  }

  @Test
  void a_node_that_came_again_gets_its_own_state() {
    var wanted = new HostFirewallNodeStateSpec("hfr-1", NodeStates.describe(node, apiServers));
    var again = Samples.node("n1", "web", "10.99.0.11");
    again.getMetadata().setUid("another");

    assertThat(NodeStates.says(NodeStates.of(node, wanted), NodeView.of(again), wanted)).isFalse();
  }
}
