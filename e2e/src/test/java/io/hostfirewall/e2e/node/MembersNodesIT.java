package io.hostfirewall.e2e.node;

import static io.hostfirewall.e2e.node.Release.eventually;
import static io.hostfirewall.e2e.node.Workloads.OTHER;
import static io.hostfirewall.e2e.node.Workloads.WEB;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes join, die and come back. */
class MembersNodesIT extends NodesTest {

  @BeforeEach
  void a_policy_is_in_force() {
    release.ensure();
    release.apply(NOTHING_BUT_WEB);
    release.awaitReady("web", 2);
  }

  @AfterAll
  void open() {
    release.withoutPolicies();
  }

  @Test
  void a_node_that_joins_is_closed_before_it_counts() {
    var thirteen = lab.add(13);
    try {
      assertThat(release.applied("web")).as("at first").isLessThanOrEqualTo(3);
      eventually("it counts").until(() -> release.applied("web") == 3);
      assertThat(stranger.isShutOut(thirteen, OTHER)).isTrue();

      workloads.awaitReady(3);
      assertThat(stranger.reaches(thirteen, WEB)).isTrue();
      assertThat(stranger.isShutOut(thirteen, OTHER)).isTrue();
      release.awaitReady("web", 3);
    } finally {
      lab.remove(thirteen);
    }
    release.awaitReady("web", 2);
    eventually("its state is gone")
        .until(() -> !lab.kubectl().attempt("get", "hfns", "node-13").done());
  }

  @Test
  void a_node_whose_plug_is_pulled_is_counted_as_unknown_and_comes_back_closed() {
    var twelve = lab.twelve();
    twelve.pullPlug();
    eventually("it is known to be gone")
        .until(
            () ->
                lab.kubectl()
                    .run("get", "hfp", "web", "-o", "jsonpath={.status.nodes.unknown}")
                    .equals("1"));
    assertThat(stranger.isShutOut(lab.eleven(), OTHER)).isTrue();

    release.apply(NOTHING_BUT_WEB.replace("port: 80}", "port: 8080}"));
    eventually("the other node goes on").until(() -> stranger.reaches(lab.eleven(), OTHER));
    assertThat(stranger.isShutOut(lab.eleven(), WEB)).isTrue();

    twelve.boot(List.of());

    workloads.awaitReady(2);
    release.awaitReady("web", 2);
    assertThat(stranger.isShutOut(twelve, WEB)).isTrue();
    // What the cluster says of the node's pods is what it knew of them before.
    eventually("it serves again").until(() -> stranger.reaches(twelve, OTHER));
  }
}
