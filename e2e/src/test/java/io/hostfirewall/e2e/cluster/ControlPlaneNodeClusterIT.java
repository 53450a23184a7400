package io.hostfirewall.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hostfirewall.e2e.lab.Shell;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The node on which the API server runs: the agent sits in its network namespace, which is the
 * sandbox's own.
 */
class ControlPlaneNodeClusterIT {

  private static final String NODE =
      """
      apiVersion: v1
      kind: Node
      metadata: {name: control-plane, labels: {kubernetes.io/os: linux}}
      """;
  private static final String ADDRESS =
      "{\"status\":{\"addresses\":[{\"type\":\"InternalIP\",\"address\":\"10.99.0.1\"}]}}";

  @Test
  void the_api_server_stays_open_to_strangers_under_the_web_server_policy() throws IOException {
    try (var cluster = ControlPlane.start();
        var other = new ServerSocket(18080)) {
      ControlPlane.script("outsider", "stranger", "10.99.0.201");
      cluster.installRights();
      cluster.admin().runWith(NODE, "create", "-f", "-");
      cluster
          .admin()
          .run(
              "patch",
              "node",
              "control-plane",
              "--subresource=status",
              "--type=merge",
              "-p",
              ADDRESS);
      try (var operator = Operator.of(cluster);
          var agent = agent(cluster)) {
        operator.start();
        agent.start();
        assertThat(reaches(other.getLocalPort())).as("control: nothing is closed yet").isTrue();

        var policy = ControlPlane.PROJECT.resolve("examples/web-server.yaml").toString();
        cluster.admin().run("apply", "-f", policy);
        cluster.admin().run("wait", "hfp", "web-server", "--for=condition=Ready", "--timeout=30s");

        assertThat(reaches(other.getLocalPort())).isFalse();
        assertThat(reaches(6443)).isTrue();
        assertThat(
                cluster
                    .admin()
                    .run(
                        "get",
                        "hfns",
                        "control-plane",
                        "-o",
                        "jsonpath={.spec.node.apiServerPorts}"))
            .isEqualTo("[6443]");

        cluster.admin().run("delete", "hfp", "web-server");
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> !Shell.run(List.of("iptables-nft-save"), "").contains("HFW-"));
      }
    } finally {
      Shell.attempt(List.of("ip", "netns", "del", "stranger"), "");
    }
  }

  private static RunningProgram agent(ControlPlane cluster) {
    var state = cluster.folder("control-plane-node");
    var credentials =
        cluster.withToken(
            "hostfirewall-agent", "--bound-object-kind=Node", "--bound-object-name=control-plane");
    return new RunningProgram(
        List.of(
            System.getProperty("hostfirewall.bin", "missing"),
            "run",
            "--node-name",
            "control-plane",
            "--state-dir",
            state.toString(),
            "--backend",
            "nft"),
        Map.of("KUBECONFIG", credentials.kubeconfig().toString()),
        state.resolve("agent.log"));
  }

  /** Whether a stranger gets a connection to a port of the API server's host. */
  private static boolean reaches(int port) {
    var connect = "OPEN:/dev/null TCP:10.99.0.1:" + port + ",connect-timeout=1";
    var command = new ArrayList<>(List.of("ip", "netns", "exec", "stranger", "socat", "-u"));
    command.addAll(List.of(connect.split(" ")));
    return Shell.attempt(command, "").exit() == 0;
  }
}
