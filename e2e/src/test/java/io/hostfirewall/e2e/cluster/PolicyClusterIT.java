package io.hostfirewall.e2e.cluster;

import static io.hostfirewall.e2e.cluster.SmallCluster.NOTHING_BUT_OTHER;
import static io.hostfirewall.e2e.cluster.SmallCluster.NOTHING_BUT_WEB;
import static io.hostfirewall.e2e.cluster.SmallCluster.OTHER;
import static io.hostfirewall.e2e.cluster.SmallCluster.WEB;
import static io.hostfirewall.e2e.cluster.SmallCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.api.v1alpha1.HostFirewallNodeState;
import io.hostfirewall.api.v1alpha1.HostFirewallRevision;
import io.hostfirewall.api.v1alpha1.NodePhase;
import io.hostfirewall.e2e.lab.ProcNet;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole way: a policy given to kubectl decides packets on nodes, and its status says so. */
class PolicyClusterIT extends TwoNodesTest {

  private static final int SSH = 2222;

  @Test
  void the_web_server_policy_is_enforced_and_reported_on_both_nodes() throws IOException {
    cluster.apply(Files.readString(ControlPlane.PROJECT.resolve("examples/web-server.yaml")));

    cluster.awaitReady("web-server", 2);
    assertThat(eleven.accepts(WEB)).isTrue();
    assertThat(twelve.accepts(WEB)).isTrue();
    assertThat(eleven.accepts(OTHER)).isFalse();
    assertThat(twelve.accepts(OTHER)).isFalse();
    assertThat(statuses.ofNode(eleven).orElseThrow().state()).isEqualTo(NodePhase.APPLIED);
    assertThat(statuses.ofNode(eleven).orElseThrow().revision())
        .isEqualTo(statuses.ofPolicy("web-server").orElseThrow().revision())
        .startsWith("hfr-");
    assertThat(statuses.ofNode(eleven).orElseThrow().backend()).isEqualTo("nft");
    assertThat(statuses.ofNode(twelve).orElseThrow().backend()).isEqualTo("legacy");
    assertThat(cluster.admin().run("get", "hfp,hfns")).contains("web-server", "node-11", "node-12");
  }

  @Test
  void an_edit_is_enforced() {
    cluster.apply(NOTHING_BUT_WEB);
    cluster.awaitReady("web", 2);

    cluster.apply(NOTHING_BUT_OTHER);

    cluster.awaitReady("web", 2);
    assertThat(eleven.accepts(OTHER)).isTrue();
    assertThat(eleven.accepts(WEB)).isFalse();
  }

  @Test
  void what_fails_on_the_first_node_reaches_no_other_until_it_is_mended() throws IOException {
    var withSsh =
        NOTHING_BUT_WEB + "  - {name: ssh, action: Accept, ports: [{protocol: TCP, port: 2222}]}\n";
    try (var _ = new SshServer(eleven, SSH)) {
      cluster.apply(withSsh);
      cluster.awaitReady("web", 2);
      var before = statuses.ofPolicy("web").orElseThrow().revision();
      try (var _ = session(eleven)) {
        cluster.apply(NOTHING_BUT_WEB);

        eventually("stopped").until(() -> statuses.condition("web", "Stalled").startsWith("True"));
        assertThat(statuses.condition("web", "Programmed")).isEqualTo("False RolloutStopped");
        assertThat(statuses.condition("web", "Reconciling")).startsWith("False");
        assertThat(statuses.message("web", "Stalled"))
            .contains("node-11", "WouldLockOut", "port 2222");
        assertThat(statuses.ofNode(eleven).orElseThrow().state()).isEqualTo(NodePhase.ROLLED_BACK);
        for (var node : List.of(eleven, twelve)) {
          assertThat(statuses.ofNode(node).orElseThrow().revision()).isEqualTo(before);
        }
        assertThat(told(eleven)).isNotEqualTo(before);
        assertThat(told(twelve)).isEqualTo(before);

        cluster.apply(withSsh.replace("port: 80}", "port: 8080}"));

        cluster.awaitReady("web", 2);
        assertThat(twelve.accepts(OTHER)).isTrue();

        cluster.apply(NOTHING_BUT_WEB);
        eventually("stopped").until(() -> statuses.condition("web", "Stalled").startsWith("True"));
        assertThat(twelve.accepts(OTHER)).isTrue();
      }
      // Nobody is locked out any more: the first node tries again by itself, and the other follows.
      cluster.awaitReady("web", 2);
      assertThat(twelve.accepts(OTHER)).isFalse();
    }
  }

  /** Somebody who is connected by SSH. */
  private static Socket session(ClusterNode node) throws IOException {
    var socket = new Socket(node.address(), SSH);
    assertThat(socket.getInputStream().readNBytes(3)).asString().isEqualTo("SSH");
    return socket;
  }

  private String told(ClusterNode node) {
    return cluster
        .client()
        .resources(HostFirewallNodeState.class)
        .withName(node.name())
        .get()
        .getSpec()
        .revision();
  }

  @Test
  void a_relabelled_node_is_selected_and_released_again() {
    cluster.apply(
        NOTHING_BUT_WEB.replace(
            "nodeSelector: {}",
            "nodeSelector: {matchExpressions: [{key: role, operator: In, values: [web]}]}"));
    eventually("nobody selected")
        .until(() -> statuses.condition("web", "Ready").endsWith("NoNodesSelected"));

    eleven.register(Map.of("role", "web"));
    cluster.awaitReady("web", 1);
    assertThat(eleven.accepts(OTHER)).isFalse();
    assertThat(twelve.accepts(OTHER)).isTrue();

    cluster.admin().run("label", "node", "node-11", "role-");
    eventually("open again").until(() -> eleven.accepts(OTHER));
    eventually("nobody selected")
        .until(() -> statuses.condition("web", "Ready").endsWith("NoNodesSelected"));
  }

  @Test
  void two_policies_on_one_node_are_evaluated_by_priority() {
    cluster.apply(NOTHING_BUT_WEB);
    cluster.apply(
        """
        apiVersion: hostfirewall.io/v1alpha1
        kind: HostFirewallPolicy
        metadata: {name: no-web}
        spec:
          nodeSelector: {}
          priority: 100
          ingress:
          - {name: web, action: Deny, ports: [{protocol: TCP, port: 80}]}
          - {name: other, action: Accept, ports: [{protocol: TCP, port: 8080}]}
        """);

    cluster.awaitReady("web", 2);
    cluster.awaitReady("no-web", 2);
    assertThat(statuses.ofPolicy("web").orElseThrow().revision())
        .isEqualTo(statuses.ofPolicy("no-web").orElseThrow().revision());
    assertThat(eleven.accepts(WEB)).isFalse();
    assertThat(eleven.accepts(OTHER)).isTrue();

    cluster.admin().run("delete", "hfp", "no-web");
    eventually("the other alone").until(() -> eleven.accepts(WEB) && !eleven.accepts(OTHER));
  }

  @Test
  void what_the_kernel_cannot_keep_is_refused_while_the_last_good_stays() {
    cluster.apply(NOTHING_BUT_WEB);
    cluster.awaitReady("web", 2);

    cluster.apply(
        NOTHING_BUT_WEB.replace(
            "action: Accept", "action: Accept, rateLimit: {limit: 9999, unit: Second, burst: 10}"));

    eventually("refused").until(() -> statuses.condition("web", "Accepted").startsWith("False"));
    assertThat(statuses.condition("web", "Stalled")).startsWith("True");
    assertThat(statuses.condition("web", "Reconciling")).doesNotStartWith("True");
    assertThat(statuses.message("web", "Accepted"))
        .contains("spec.ingress[0].rateLimit.limit")
        .contains("the kernel cannot keep 9999 per second");
    assertThat(eleven.accepts(WEB)).isTrue();
    assertThat(eleven.accepts(OTHER)).isFalse();
  }

  @Test
  void a_node_that_joins_is_closed_before_it_counts() {
    cluster.apply(NOTHING_BUT_WEB);
    cluster.awaitReady("web", 2);

    try (var thirteen = new ClusterNode(cluster.controlPlane(), 13, "nft", OTHER)) {
      thirteen.agent().start();
      eventually("three applied")
          .until(() -> statuses.ofPolicy("web").orElseThrow().nodes().applied() == 3);
      assertThat(thirteen.accepts(OTHER)).isFalse();
    }
    cluster.awaitReady("web", 2);
    eventually("its state is collected")
        .until(
            () ->
                cluster.client().resources(HostFirewallNodeState.class).withName("node-13").get()
                    == null);
  }

  /** The module of IPv6 may be loaded when the agent has run for long. */
  @Test
  void a_node_that_gets_ipv6_later_is_closed_in_it(@TempDir Path folder) throws IOException {
    cluster.apply(NOTHING_BUT_WEB);
    cluster.awaitReady("web", 2);
    try (var thirteen =
        new ClusterNode(
            cluster.controlPlane(), 13, "nft", way -> way, withoutIpv6(folder), WEB, OTHER)) {
      thirteen.agent().start();
      cluster.awaitReady("web", 3);
      assertThat(thirteen.accepts(OTHER)).isFalse();
      assertThat(thirteen.accepts("fd99::13", OTHER)).as("control: nobody looks after it").isTrue();

      ProcNet.showIpv6(folder.resolve("net"));

      eventually("the agent ends").until(() -> !thirteen.agent().isRunning());
      assertThat(thirteen.accepts(OTHER)).as("its rules stay").isFalse();
      thirteen.agent().start(); // as kubelet does
      eventually("closed").until(() -> !thirteen.accepts("fd99::13", OTHER));
      assertThat(thirteen.accepts("fd99::13", WEB)).isTrue();
      assertThat(thirteen.accepts(OTHER)).isFalse();
      cluster.awaitReady("web", 3);
      eventually("its agent is content").until(() -> thirteen.ask("/readyz").isPresent());
    }
    cluster.awaitReady("web", 2);
  }

  /**
   * A Java whose /proc/net shows all but that there is IPv6, until it is put into the folder there.
   */
  private static Map<String, String> withoutIpv6(Path folder) throws IOException {
    var net = ProcNet.withoutIpv6(folder.resolve("net"));
    var java = Files.createDirectory(folder.resolve("bin")).resolve("java");
    Files.writeString(
        java,
        "#!/bin/sh\nset -e\nmount --bind %s /proc/$$/net\nexec %s/bin/java \"$@\"\n"
            .formatted(net, System.getProperty("java.home")));
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    return Map.of("JAVA_HOME", folder.toString());
  }

  @Test
  void an_object_that_somebody_deletes_is_made_again_and_changes_nothing() {
    cluster.apply(NOTHING_BUT_WEB);
    cluster.awaitReady("web", 2);

    cluster.admin().run("delete", "hfns,hfrev", "--all");

    eventually("states are back")
        .until(() -> statuses.ofNode(eleven).isPresent() && statuses.ofNode(twelve).isPresent());
    cluster.awaitReady("web", 2);
    assertThat(eleven.accepts(OTHER)).isFalse();
    assertThat(cluster.client().resources(HostFirewallRevision.class).list().getItems())
        .isNotEmpty();
  }
}
