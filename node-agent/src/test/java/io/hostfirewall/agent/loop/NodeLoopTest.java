package io.hostfirewall.agent.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hostfirewall.agent.kernel.BootClock;
import io.hostfirewall.agent.state.HeldByOtherException;
import io.hostfirewall.agent.transaction.Objection;
import io.hostfirewall.agent.transaction.Outcome;
import io.hostfirewall.agent.transaction.Transaction;
import io.hostfirewall.agent.transaction.Wanted;
import io.hostfirewall.api.v1alpha1.HostFirewallRevisionSpec;
import io.hostfirewall.api.v1alpha1.NodePhase;
import io.hostfirewall.ruleset.model.Family;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the loop does with what it is told to run, and what it tells of it. */
class NodeLoopTest extends LoopTest {

  @Test
  void what_the_node_state_names_is_enforced_and_reported() {
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");

    awaitStatus(NodePhase.APPLIED, "hfr-1");
    assertThat(rules()).contains("--dport 80 ");
    assertThat(cluster.reports).hasSize(1);
    assertThat(cluster.last().orElseThrow().observedGeneration()).isEqualTo(1);
  }

  @Test
  void a_pass_that_fails_is_told_and_what_stands_is_looked_at_by_the_next() {
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");
    awaitStatus(NodePhase.APPLIED, "hfr-1");

    cluster.failure = new IllegalStateException("no files are left");
    awaitStatus(NodePhase.FAILED, "hfr-1");
    assertThat(cluster.last().orElseThrow().message())
        .isEqualTo("a pass failed (IllegalStateException): the agent's log says why");

    cluster.failure = null;
    awaitStatus(NodePhase.APPLIED, "hfr-1");
  }

  @Test
  void a_pass_that_fails_hides_a_roll_back_for_no_longer_than_it_fails() {
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");
    awaitStatus(NodePhase.APPLIED, "hfr-1");
    kernel.refuse(LoopTest::isConfirm);
    cluster.revision("hfr-2", 81);
    cluster.want("hfr-2");
    awaitStatus(NodePhase.ROLLED_BACK, "hfr-1");
    var rolledBack = cluster.last().orElseThrow().message();

    cluster.failure = new IllegalStateException("no files are left");
    awaitStatus(NodePhase.FAILED, "hfr-1");

    cluster.failure = null;
    awaitStatus(NodePhase.ROLLED_BACK, "hfr-1");
    assertThat(cluster.last().orElseThrow().message()).isEqualTo(rolledBack);
  }

  @Test
  void nothing_is_loaded_before_the_node_stands_among_the_clusters_nodes() {
    cluster.sets = Map.of("cluster-nodes", List.of(), "cluster-pods", List.of());
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");

    awaitStatus(NodePhase.PENDING, null);
    assertThat(cluster.last().orElseThrow().message()).contains("cluster-apiservers");
    assertThat(kernel.chain(Family.IPV4, "filter", "INPUT")).isEmpty();

    cluster.sets = ToldCluster.SETS;
    cluster.changed.run();
    awaitStatus(NodePhase.APPLIED, "hfr-1");
  }

  @Test
  void absence_and_nonsense_leave_the_rules_in_force() {
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");
    awaitStatus(NodePhase.APPLIED, "hfr-1");
    var before = rules();

    cluster.want("hfr-missing");
    awaitStatus(NodePhase.PENDING, "hfr-1");
    cluster.want(null);
    awaitStatus(NodePhase.FAILED, "hfr-1");
    cluster.revisions.put("hfr-empty", new HostFirewallRevisionSpec(List.of()));
    cluster.want("hfr-empty");
    awaitStatus(NodePhase.FAILED, "hfr-1");
    cluster.revision("hfr-wrong", 70_000);
    cluster.want("hfr-wrong");
    await()
        .untilAsserted(
            () -> assertThat(cluster.last().orElseThrow().message()).contains("policy example"));

    assertThat(rules()).isEqualTo(before);
  }

  @Test
  void a_node_that_gets_another_family_is_begun_with_anew() throws Exception {
    stop();
    kernel.families(Family.IPV4);
    start(path.getParent());
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");
    awaitStatus(NodePhase.APPLIED, "hfr-1");
    assertThat(ended.isDone()).isFalse();
    assertThat(kernel.chain(Family.IPV6, "filter", "INPUT")).isEmpty();

    kernel.families(Family.values());

    await().until(ended::isDone);
    assertThat(ended.join()).isEqualTo(NodeLoop.End.OTHER_FAMILIES);
    start(path.getParent());
    await()
        .untilAsserted(() -> assertThat(kernel.chain(Family.IPV6, "filter", "INPUT")).isNotEmpty());
    stop();
    assertThat(ended.join()).isEqualTo(NodeLoop.End.STOPPED);
  }

  @Test
  void an_empty_revision_alone_removes_what_is_ours() {
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");
    awaitStatus(NodePhase.APPLIED, "hfr-1");

    cluster.want("");

    awaitStatus(NodePhase.APPLIED, "");
    assertThat(kernel.chain(Family.IPV4, "filter", "INPUT")).isEmpty();
  }

  @Test
  void a_revision_that_was_rolled_back_stays_so_while_the_old_rules_are_looked_after() {
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");
    awaitStatus(NodePhase.APPLIED, "hfr-1");
    kernel.refuse(LoopTest::isConfirm);
    cluster.revision("hfr-2", 81);
    cluster.want("hfr-2");
    awaitStatus(NodePhase.ROLLED_BACK, "hfr-1");
    var calls = kernel.calls().size();

    drift.wake.run();

    await().until(() -> kernel.calls().size() > calls);
    kernel.flush(Family.IPV4, "filter");
    drift.wake.run();
    await().untilAsserted(() -> assertThat(rules()).contains("--dport 80 "));
    awaitStatus(NodePhase.ROLLED_BACK, "hfr-1");
    assertThat(kernel.calls().stream().filter(LoopTest::isConfirm)).hasSize(2);
  }

  @Test
  void rules_that_would_lock_somebody_out_are_rolled_back_and_the_reason_is_told() {
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");
    awaitStatus(NodePhase.APPLIED, "hfr-1");
    objection =
        Optional.of(new Objection(Outcome.Why.WOULD_LOCK_OUT, "192.0.2.1 could not come again"));
    cluster.revision("hfr-2", 81);
    cluster.want("hfr-2");

    awaitStatus(NodePhase.ROLLED_BACK, "hfr-1");

    assertThat(rules()).contains("--dport 80 ").doesNotContain("--dport 81 ");
    assertThat(cluster.last().orElseThrow().conditions())
        .filteredOn(condition -> condition.getType().equals("Ready"))
        .singleElement()
        .satisfies(
            ready -> {
              assertThat(ready.getReason()).isEqualTo("WouldLockOut");
              assertThat(ready.getMessage()).contains("192.0.2.1");
            });
  }

  @Test
  void a_clock_that_is_set_back_by_a_day_delays_nothing() {
    kernel.refuse(call -> call.startsWith("restore"));
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");
    awaitStatus(NodePhase.FAILED, null);

    clock.step = Duration.ofDays(-1);
    kernel.refuse(call -> false);

    awaitStatus(NodePhase.APPLIED, "hfr-1");
  }

  @Test
  void what_the_kernel_lacks_is_named_with_the_part_of_the_policy_that_needs_it() {
    kernel.say("Warning: Extension hashlimit revision 0 not supported, missing kernel module? ");
    kernel.refuse(call -> call.startsWith("restore"));
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");

    awaitStatus(NodePhase.FAILED, null);
    assertThat(cluster.last().orElseThrow().message())
        .startsWith("rateLimit cannot be enforced on this node: its kernel has no xt_hashlimit");
    assertThat(cluster.last().orElseThrow().conditions())
        .extracting(c -> c.getType() + " " + c.getStatus() + " " + c.getReason())
        .contains("Ready False NotEnforceable");
  }

  @Test
  void a_state_folder_that_cannot_be_used_is_told_and_the_rules_stay() throws IOException {
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");
    awaitStatus(NodePhase.APPLIED, "hfr-1");
    var before = rules();
    var aside = path.resolveSibling(path.getFileName() + "-aside");
    Files.move(path, aside);
    Files.writeString(path, "no folder");

    drift.wake.run();
    awaitStatus(NodePhase.FAILED, "hfr-1");
    assertThat(cluster.last().orElseThrow().message()).contains("cannot use the state folder");
    assertThat(rules()).isEqualTo(before);

    Files.delete(path);
    Files.move(aside, path);
    drift.wake.run();
    awaitStatus(NodePhase.APPLIED, "hfr-1");
  }

  @Test
  void what_cannot_be_read_elsewhere_is_not_laid_to_the_state_folder() {
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");
    awaitStatus(NodePhase.APPLIED, "hfr-1");

    preparation =
        () -> {
          throw new UncheckedIOException(new IOException("no files are left"));
        };
    cluster.revision("hfr-2", 81);
    cluster.want("hfr-2");
    awaitStatus(NodePhase.FAILED, "hfr-1");
    assertThat(cluster.last().orElseThrow().message())
        .isEqualTo("a pass failed (UncheckedIOException): the agent's log says why");

    cluster.want("hfr-1");
    awaitStatus(NodePhase.APPLIED, "hfr-1");
  }

  @Test
  void a_journal_that_cannot_be_written_is_told_until_it_can() throws IOException {
    Files.writeString(path.resolve("saved"), "no folder");
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");

    awaitStatus(NodePhase.APPLIED, "hfr-1");
    assertThat(cluster.last().orElseThrow().conditions())
        .filteredOn(condition -> condition.getType().equals("JournalUnwritable"))
        .singleElement()
        .satisfies(condition -> assertThat(condition.getMessage()).contains("saved"));

    Files.delete(path.resolve("saved"));
    drift.wake.run();
    await()
        .untilAsserted(
            () ->
                assertThat(cluster.last().orElseThrow().conditions())
                    .extracting("type")
                    .containsExactly("Ready"));
    assertThat(path.resolve("saved")).isDirectoryContaining(Files::isDirectory);
  }

  @Test
  void a_node_state_made_again_gets_the_status_of_the_deleted_one() {
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");
    awaitStatus(NodePhase.APPLIED, "hfr-1");
    cluster.reports.clear();

    cluster.forget();
    cluster.want("hfr-1");

    awaitStatus(NodePhase.APPLIED, "hfr-1");
    assertThat(cluster.last().orElseThrow().observedGeneration()).isEqualTo(1);
  }

  @Test
  void a_node_state_that_names_the_enforced_revision_again_is_answered() {
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");
    awaitStatus(NodePhase.APPLIED, "hfr-1");
    cluster.want("hfr-missing");
    awaitStatus(NodePhase.PENDING, "hfr-1");

    cluster.want("hfr-1");

    awaitStatus(NodePhase.APPLIED, "hfr-1");
  }

  @Test
  void after_a_cleanup_the_agent_rests_until_it_is_enabled() {
    folder.disable();
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");
    awaitStatus(NodePhase.PENDING, null);
    assertThat(kernel.chain(Family.IPV4, "filter", "INPUT")).isEmpty();

    folder.enable();

    awaitStatus(NodePhase.APPLIED, "hfr-1");
  }

  @Test
  void a_cleanup_is_not_undone_by_a_pass_that_had_begun() throws InterruptedException {
    stop();
    start(Duration.ZERO);
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");
    awaitStatus(NodePhase.APPLIED, "hfr-1");
    assertThat(input()).as("control").isNotEmpty();
    drift.wake.run();
    await().until(() -> drift.checks.contains(true)); // Now every pass looks.

    cluster.meanwhile =
        () -> {
          cluster.meanwhile = () -> {};
          cleanup();
        };

    awaitStatus(NodePhase.PENDING, "hfr-1");
    assertThat(input()).isEmpty();
  }

  private void cleanup() {
    try (var _ = folder.holdKernel("cleanup")) {
      folder.disable();
      folder.forgetRules();
      var removed =
          new Transaction(kernel.kernel(), new BootClock(), wanted -> Optional.empty())
              .apply(Wanted.nothing(), Duration.ofSeconds(30));
      assertThat(removed).isInstanceOf(Outcome.Applied.class);
    } catch (HeldByOtherException e) {
      throw new IllegalStateException(e);
    }
  }
}
