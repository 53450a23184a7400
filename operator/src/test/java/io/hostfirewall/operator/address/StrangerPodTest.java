package io.hostfirewall.operator.address;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.hostfirewall.operator.Samples;
import io.hostfirewall.operator.select.NodeView;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StrangerPodTest {

  /** Its pods are in 10.42.1.0/24 and fd42:1::/64. */
  private static final NodeView NODE = Samples.view("n1", "web");

  @Test
  void a_pod_in_the_networks_of_a_node_is_known() {
    assertThat(stranger(pod(false, "10.42.1.7", "fd42:1::7"), List.of())).isEmpty();
  }

  @Test
  void a_pod_with_one_address_outside_is_a_stranger() {
    assertThat(stranger(pod(false, "10.42.1.7", "2001:db8::7"), List.of()))
        .contains(new StrangerPod("shop", "cart-1", "n1", "2001:db8::7"));
  }

  @Test
  void networks_that_the_chart_names_are_known_too() {
    assertThat(stranger(pod(false, "192.0.2.7", "fd42:1::7"), List.of("192.0.2.0/24"))).isEmpty();
  }

  @Test
  void a_pod_in_the_hosts_network_has_the_hosts_address() {
    assertThat(stranger(pod(true, "10.99.0.11", "fd99::11"), List.of())).isEmpty();
  }

  private static Optional<StrangerPod> stranger(Pod pod, List<String> podCidrs) {
    return StrangerPod.among(List.of(pod), NODE, List.of(NODE), podCidrs);
  }

  private static Pod pod(boolean hostNetwork, String first, String second) {
    return new KubernetesSerialization()
        .unmarshal(
            """
            metadata: {namespace: shop, name: cart-1}
            spec: {nodeName: n1, hostNetwork: %s}
            status: {podIP: %2$s, podIPs: [{ip: "%2$s"}, {ip: "%3$s"}]}
            """
                .formatted(hostNetwork, first, second),
            Pod.class);
  }
}
