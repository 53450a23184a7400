package io.hostfirewall.e2e.node;

import static io.hostfirewall.e2e.node.Release.eventually;
import static io.hostfirewall.e2e.node.Workloads.OTHER;
import static io.hostfirewall.e2e.node.Workloads.PAGE;
import static io.hostfirewall.e2e.node.Workloads.SERVICE;
import static io.hostfirewall.e2e.node.Workloads.WEB;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Under default deny a cluster goes on, while strangers are shut out. */
class ClusterTrafficNodesIT extends NodesTest {

  private static final int KUBELET = 10250;

  @BeforeAll
  void everything_is_closed() {
    release.ensure();
    assertThat(stranger.reaches(lab.eleven(), OTHER)).as("open before").isTrue();
    assertThat(stranger.reaches(lab.twelve(), OTHER)).as("open before").isTrue();
    release.apply(NOTHING_BUT_WEB);
    release.awaitReady("web", 2);
  }

  @AfterAll
  void open() {
    release.withoutPolicies();
  }

  @Test
  void strangers_reach_what_the_policy_opens_and_nothing_else() {
    assertThat(lab.nodes())
        .allSatisfy(
            node -> {
              assertThat(stranger.reaches(node, WEB)).isTrue();
              assertThat(stranger.isShutOut(node, OTHER)).isTrue();
              assertThat(stranger.isShutOut(node, KUBELET)).isTrue();
            });
  }

  @Test
  void every_node_says_what_it_enforces() {
    assertThat(
            lab.kubectl()
                .run(
                    "get",
                    "hfns",
                    "-o",
                    "jsonpath={range .items[*]}{.metadata.name} {.status.state};{end}"))
        .isEqualTo("node-11 Applied;node-12 Applied;");
  }

  @Test
  void pods_reach_pods_on_their_node_and_on_another() {
    var from = workloads.podOn(lab.eleven());
    assertThat(lab.nodes())
        .allSatisfy(
            node -> {
              var addresses = workloads.addressesOf(workloads.podOn(node));
              assertThat(addresses).hasSize(2);
              for (var address : addresses) {
                assertThat(workloads.pageFrom(from, address, PAGE))
                    .isEqualTo("page of " + node.name());
              }
            });
  }

  @Test
  void pods_reach_services() {
    assertThat(workloads.serviceAddresses()).hasSize(2);
    for (var address : workloads.serviceAddresses()) {
      assertThat(lab.nodes())
          .allSatisfy(
              node ->
                  assertThat(workloads.pageFrom(workloads.podOn(node), address, SERVICE))
                      .startsWith("page of node-"));
    }
  }

  @Test
  void pods_reach_the_world() {
    try (var _ = stranger.listen(9000)) {
      assertThat(lab.nodes())
          .allSatisfy(
              node -> {
                for (var address : List.of(stranger.address(), stranger.addressV6())) {
                  var answer =
                      lab.kubectl()
                          .attempt(
                              "exec",
                              workloads.podOn(node),
                              "--",
                              "sh",
                              "-c",
                              "echo hello | nc -w 3 %s 9000".formatted(address));
                  assertThat(answer.text()).isEqualTo("hello");
                }
              });
    }
  }

  @Test
  void nodes_reach_the_world_and_each_other() {
    try (var _ = stranger.listen(9000)) {
      var socket = "socat -u /dev/null TCP:%s:%d,connect-timeout=2";
      var sixth = "socat -u /dev/null TCP6:[%s]:%d,connect-timeout=2";
      for (var command :
          List.of(
              socket.formatted(stranger.address(), 9000),
              sixth.formatted(stranger.addressV6(), 9000),
              socket.formatted(lab.twelve().address(), OTHER),
              sixth.formatted(lab.twelve().addressV6(), OTHER))) {
        assertThat(lab.eleven().attempt(command.split(" ")).exit()).as(command).isZero();
      }
    }
  }

  @Test
  void the_kubelet_probes_pods() {
    assertThat(lab.nodes())
        .allSatisfy(
            node -> {
              var pod = workloads.podOn(node);
              lab.kubectl().run("delete", "pod", pod);
              eventually("another pod").until(() -> !workloads.podOn(node).equals(pod));
            });
    workloads.awaitReady(2);
  }

  @Test
  void kubectl_logs_and_exec_and_the_node_proxy_work() {
    assertThat(lab.nodes())
        .allSatisfy(
            node -> {
              var pod = workloads.podOn(node);
              assertThat(lab.kubectl().run("logs", pod)).contains("serving");
              assertThat(lab.kubectl().run("exec", pod, "--", "cat", "/tmp/w/index.html"))
                  .isEqualTo("page of " + node.name());
              assertThat(
                      lab.kubectl()
                          .run(
                              "get",
                              "--raw",
                              "/api/v1/nodes/%s/proxy/healthz".formatted(node.name())))
                  .isEqualTo("ok");
            });
  }
}
