package io.hostfirewall.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.api.v1alpha1.NodeDescription;
import io.hostfirewall.ruleset.compile.LogTarget;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.compile.NodeFacts.PodRoute;
import io.hostfirewall.ruleset.compile.Untracking;
import io.hostfirewall.ruleset.model.Cidr;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodeObserverTest {

  private static final NodeDescription NODE =
      new NodeDescription(
          List.of("192.0.2.11", "node-11.example"),
          List.of("10.42.11.0/24"),
          10250,
          List.of(),
          false);
  private static final List<Cidr> PODS = List.of(Cidr.parse("10.42.0.0/16"));

  private static NodeFacts facts(List<String> names, Route... routes) {
    var links =
        new Links(
            names,
            List.of(Cidr.parse("192.0.2.11/32")),
            List.of("cni0"),
            List.of(routes),
            List.of(),
            true);
    return new NodeObserver(
            List.of(), List.of("veth+"), List.of(), List.of(), List::of, new LogTarget.Kernel())
        .inCluster(new NodeObserver.Sight(links, List.of()), NODE, PODS, Untracking.READY);
  }

  private static Route route(String network, String device) {
    return new Route(Cidr.parse(network), device);
  }

  private static PodRoute pod(String network, String device) {
    return new PodRoute(Cidr.parse(network), device);
  }

  @Test
  void all_that_comes_from_the_bridge_of_the_nodes_pods_is_theirs() {
    assertThat(
            facts(
                    List.of("cni0", "eth0", "lo"),
                    route("10.42.11.0/24", "cni0"),
                    route("0.0.0.0/0", "eth0"))
                .podInterfaces())
        .containsExactly(pod("0.0.0.0/0", "cni0"), pod("::/0", "cni0"));
  }

  @Test
  void a_pod_with_an_interface_of_its_own_has_its_own_address_only() {
    assertThat(facts(List.of("veth1"), route("10.42.11.7/32", "veth1")).podInterfaces())
        .containsExactly(pod("10.42.11.7/32", "veth1"));
  }

  @Test
  void a_known_tunnel_brings_pods_of_other_nodes() {
    var facts = facts(List.of("eth0", "flannel.1"), route("10.42.12.0/24", "flannel.1"));

    assertThat(facts.podInterfaces())
        .containsExactly(pod("0.0.0.0/0", "flannel.1"), pod("::/0", "flannel.1"));
    assertThat(facts.routedPods()).isEmpty();
  }

  @Test
  void pods_that_the_node_routes_to_by_an_uplink_come_from_there() {
    var facts =
        facts(
            List.of("cni0", "eth0"),
            route("10.42.11.0/24", "cni0"),
            route("10.42.12.0/24", "eth0"),
            route("198.51.100.0/24", "eth0"));

    assertThat(facts.routedPods()).containsExactly(pod("10.42.12.0/24", "eth0"));
  }

  @Test
  void a_default_route_makes_nobody_a_pod() {
    var facts = facts(List.of("eth0"), route("0.0.0.0/0", "eth0"), route("10.42.11.0/25", "eth0"));

    assertThat(facts.podInterfaces()).isEmpty();
    assertThat(facts.routedPods()).isEmpty();
  }

  @Test
  void own_networks_are_all_addresses_and_the_nodes_pods_and_a_name_is_none() {
    var facts = facts(List.of("eth0"));

    assertThat(facts.ownNetworks())
        .contains(Cidr.parse("192.0.2.11/32"), Cidr.parse("10.42.11.0/24"))
        .allMatch(network -> !network.isEverything());
    assertThat(facts.podInterfacePrefixes()).containsExactly("cali+", "lxc+", "veth+");
    assertThat(facts.bridges()).containsExactly("cni0");
    assertThat(facts.clustered()).isTrue();
  }
}
