package io.hostfirewall.e2e.node;

import static io.hostfirewall.e2e.node.Release.eventually;
import static io.hostfirewall.e2e.node.Workloads.NODE_PORT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The NodePorts of a real kube-proxy are closed and opened like any other port. */
class NodePortsNodesIT extends NodesTest {

  private static final String WITH_NODE_PORT =
      NOTHING_BUT_WEB.replace("port: 80}", "port: 80}, {protocol: TCP, port: 30080}");

  @BeforeAll
  void installed() {
    release.ensure();
  }

  @AfterAll
  void open() {
    release.withoutPolicies();
  }

  private KubeletNode nodeWith(KubeletNode.Proxy proxy) {
    return lab.nodes().filter(node -> node.proxy() == proxy).findFirst().orElseThrow();
  }

  @ParameterizedTest
  @EnumSource
  void a_node_port_is_closed_and_opened_by_policy(KubeletNode.Proxy proxy) {
    var node = nodeWith(proxy);
    release.withoutPolicies();
    assertThat(pagesOf(node)).as("open without a policy").hasSize(2);

    release.apply(NOTHING_BUT_WEB);
    release.awaitReady("web", 2);
    assertThat(stranger.isShutOut(node, NODE_PORT)).isTrue();
    assertThat(workloads.pageFrom(workloads.podOn(lab.eleven()), node.address(), NODE_PORT))
        .as("the cluster's own pods are no strangers")
        .startsWith("page of");

    release.apply(WITH_NODE_PORT);
    release.awaitReady("web", 2);
    assertThat(pagesOf(node)).as("behind this node and the other").hasSize(2);

    release.apply(NOTHING_BUT_WEB);
    release.awaitReady("web", 2);
    assertThat(stranger.isShutOut(node, NODE_PORT)).isTrue();
  }

  /** The pages that a stranger gets at the NodePort of both of the node's addresses. */
  private Set<String> pagesOf(KubeletNode node) {
    var pages = new HashSet<String>();
    for (var host : node.addresses()) {
      var ofFamily = new HashSet<String>();
      eventually("pages of both nodes from " + host)
          .until(
              () -> {
                ofFamily.add(stranger.page(host, NODE_PORT).replaceFirst("(?s).*\r\n\r\n", ""));
                return ofFamily.stream().filter(page -> page.startsWith("page of")).count() == 2;
              });
      ofFamily.stream().filter(page -> page.startsWith("page of")).forEach(pages::add);
    }
    return pages;
  }
}
