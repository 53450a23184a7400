package io.hostfirewall.agent.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hostfirewall.api.v1alpha1.NodePhase;
import io.hostfirewall.ruleset.compile.SetNames;
import io.hostfirewall.ruleset.model.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

/** SSH of administrators beside a full table of connections. */
class SparedConnectionsTest extends LoopTest {

  @Test
  void a_kernel_that_tracks_everything_gets_all_other_rules() {
    kernel.say("Warning: Extension CT revision 0 not supported, missing kernel module? ");
    kernel.refuse(call -> call.startsWith("restore") && call.contains("--notrack"));
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");

    awaitStatus(NodePhase.APPLIED, "hfr-1");
    assertThat(kernel.calls()).as("control").anyMatch(call -> call.contains("--notrack"));
    assertThat(input()).isNotEmpty();
    assertThat(cluster.reports).as("not once that it failed").hasSize(1);
    assertThat(cluster.last().orElseThrow().conditions())
        .filteredOn(condition -> condition.getType().equals("UntrackedSSHUnsupported"))
        .singleElement()
        .satisfies(
            condition ->
                assertThat(condition.getMessage())
                    .startsWith("SSH of agent.adminNetworks beside a full table")
                    .contains("its kernel has no xt_CT"));

    cluster.revision("hfr-2", 81);
    cluster.want("hfr-2");
    awaitStatus(NodePhase.APPLIED, "hfr-2");
  }

  @Test
  void a_kernel_that_tracks_everything_since_it_booted_gets_all_other_rules_before_anybody_asks()
      throws Exception {
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");
    awaitStatus(NodePhase.APPLIED, "hfr-1");
    assertThat(kernel.calls()).as("control").anyMatch(call -> call.contains("--notrack"));
    stop();
    cluster.state = null;
    for (var family : Family.values()) {
      kernel.flush(family, "filter");
      kernel.flush(family, "raw");
    }
    kernel.say("Warning: Extension CT revision 0 not supported, missing kernel module? ");
    kernel.refuse(call -> call.startsWith("restore") && call.contains("--notrack"));

    start(path.getParent());

    await().untilAsserted(() -> assertThat(rules()).contains("--dport 80 "));
    kernel.flush(Family.IPV4, "filter");
    drift.wake.run();
    await().untilAsserted(() -> assertThat(rules()).as("healed, too").contains("--dport 80 "));
  }

  @Test
  void ssh_of_administrators_is_not_tracked_while_no_more_connections_can_be() throws IOException {
    track(10);
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");
    awaitStatus(NodePhase.APPLIED, "hfr-1");
    assertThat(untracked()).isEmpty();

    track(1000);
    await().untilAsserted(() -> assertThat(untracked()).containsExactly("203.0.113.0/24"));
    await()
        .untilAsserted(
            () ->
                assertThat(cluster.last().orElseThrow().conditions())
                    .filteredOn(condition -> condition.getType().equals("ConnectionsExhausted"))
                    .singleElement()
                    .satisfies(
                        condition ->
                            assertThat(condition.getMessage())
                                .contains("1000 connections of at most 1000")));
    // A host that boots tracks no connections.
    try (var files = Files.walk(path.resolve("saved"))) {
      var sets = files.filter(file -> file.endsWith("ipset")).toList();
      assertThat(sets)
          .isNotEmpty()
          .allSatisfy(
              file ->
                  assertThat(file)
                      .content()
                      .contains("create hfw4-l-untracked ")
                      .doesNotContain("add hfw4-l-untracked "));
    }

    track(10);
    await().untilAsserted(() -> assertThat(untracked()).isEmpty());
    await()
        .untilAsserted(
            () ->
                assertThat(cluster.last().orElseThrow().conditions())
                    .extracting("type")
                    .containsExactly("Ready"));
    assertThat(cluster.events).noneMatch(event -> event.startsWith("DriftHealed"));
  }

  @Test
  void ssh_of_administrators_is_spared_by_rules_that_others_could_not_replace() throws IOException {
    track(10);
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");
    awaitStatus(NodePhase.APPLIED, "hfr-1");
    kernel.refuse(LoopTest::isConfirm);
    cluster.revision("hfr-2", 81);
    cluster.want("hfr-2");
    awaitStatus(NodePhase.ROLLED_BACK, "hfr-1");

    track(1000);
    await().untilAsserted(() -> assertThat(untracked()).containsExactly("203.0.113.0/24"));
    awaitExhausted(true);
    awaitStatus(NodePhase.ROLLED_BACK, "hfr-1");
    var calls = kernel.calls().size();
    drift.wake.run();
    await().until(() -> kernel.calls().size() > calls);
    assertThat(rules()).contains("--dport 80 ");

    track(10);
    await().untilAsserted(() -> assertThat(untracked()).isEmpty());
    awaitExhausted(false);
    awaitStatus(NodePhase.ROLLED_BACK, "hfr-1");
    expectNoDrift();
  }

  @Test
  void connections_are_tracked_again_though_nobody_knows_what_the_node_shall_run()
      throws IOException {
    track(1000);
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");
    awaitStatus(NodePhase.APPLIED, "hfr-1");
    assertThat(untracked()).containsExactly("203.0.113.0/24");
    awaitExhausted(true);

    cluster.want(null);
    awaitStatus(NodePhase.FAILED, "hfr-1");
    track(10);
    await().untilAsserted(() -> assertThat(untracked()).isEmpty());
    awaitExhausted(false);
    awaitStatus(NodePhase.FAILED, "hfr-1");

    cluster.want("hfr-missing");
    awaitStatus(NodePhase.PENDING, "hfr-1");
    track(1000);
    await().untilAsserted(() -> assertThat(untracked()).containsExactly("203.0.113.0/24"));
    awaitExhausted(true);
    awaitStatus(NodePhase.PENDING, "hfr-1");
    expectNoDrift();
  }

  @Test
  void ssh_of_administrators_is_spared_before_the_cluster_has_answered() throws Exception {
    track(10);
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");
    awaitStatus(NodePhase.APPLIED, "hfr-1");
    stop();
    cluster.state = null;
    track(1000);

    start(path.getParent());

    await().untilAsserted(() -> assertThat(untracked()).containsExactly("203.0.113.0/24"));
  }

  /** Events and reports are told in the order in which they happened. */
  private void expectNoDrift() {
    drift.wake.run();
    cluster.want("hfr-1");
    awaitStatus(NodePhase.APPLIED, "hfr-1");
    assertThat(cluster.events).noneMatch(event -> event.startsWith("DriftHealed"));
  }

  private void awaitExhausted(boolean exhausted) {
    await()
        .untilAsserted(
            () ->
                assertThat(cluster.last().orElseThrow().conditions())
                    .filteredOn(condition -> condition.getType().equals("ConnectionsExhausted"))
                    .hasSize(exhausted ? 1 : 0)
                    .allSatisfy(
                        condition ->
                            assertThat(condition.getMessage())
                                .contains("1000 connections of at most 1000")
                                .contains("all but SSH of agent.adminNetworks")));
  }

  private void track(int count) throws IOException {
    Files.writeString(connections.resolve("nf_conntrack_max"), "1000\n");
    Files.writeString(connections.resolve("nf_conntrack_count"), count + "\n");
  }

  private List<String> untracked() {
    return kernel.set(SetNames.untracked(Family.IPV4));
  }
}
