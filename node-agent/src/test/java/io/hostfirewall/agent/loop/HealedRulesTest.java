package io.hostfirewall.agent.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hostfirewall.agent.state.HeldByOtherException;
import io.hostfirewall.api.v1alpha1.HostFirewallRevisionSpec;
import io.hostfirewall.api.v1alpha1.NodePhase;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.model.Family;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What others do to the rules in force. */
class HealedRulesTest extends LoopTest {

  @Test
  void who_looks_for_other_reasons_believes_no_watch_for_ever() throws InterruptedException {
    stop();
    start(Duration.ofMillis(300));
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");
    awaitStatus(NodePhase.APPLIED, "hfr-1");

    kernel.sleep(Family.IPV4, "filter"); // and no watch tells

    await()
        .untilAsserted(
            () -> {
              drift.wake.run(); // as whoever asks for counters does
              assertThat(kernel.asleep()).isEmpty();
            });
  }

  @Test
  void who_lets_packets_by_above_us_is_overtaken_once_and_then_named() {
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");
    awaitStatus(NodePhase.APPLIED, "hfr-1");

    input().addFirst("-p tcp -j ACCEPT");
    drift.wake.run();
    await().until(() -> input().indexOf("-p tcp -j ACCEPT") == 1);
    awaitStatus(NodePhase.APPLIED, "hfr-1");
    input().addFirst("-p udp -j ACCEPT");
    drift.wake.run();

    awaitStatus(NodePhase.DRIFTED, "hfr-1");
    assertThat(input().getFirst()).isEqualTo("-p udp -j ACCEPT");
    assertThat(cluster.last().orElseThrow().conditions())
        .extracting(condition -> condition.getType() + " " + condition.getStatus())
        .contains("JumpContested True", "Ready False");
    assertThat(cluster.events)
        .anyMatch(event -> event.startsWith("DriftHealed: "))
        .anyMatch(event -> event.startsWith("JumpContested: IPv4: rule 1 of chain INPUT"));

    input().removeFirst();
    drift.wake.run();
    awaitStatus(NodePhase.APPLIED, "hfr-1");
  }

  @Test
  void what_never_meets_the_rules_is_told_beside_what_is_applied() {
    drift.bypassed = "NodePorts are not judged";
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");

    awaitStatus(NodePhase.APPLIED, "hfr-1");
    assertThat(cluster.last().orElseThrow().conditions())
        .extracting(c -> c.getType() + " " + c.getStatus() + " " + c.getReason())
        .contains("Ready True Applied", "NotEnforceable True ServicesBypassed");
  }

  @Test
  void what_was_confirmed_and_cannot_be_put_back_at_the_start_is_tried_again() throws Exception {
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");
    awaitStatus(NodePhase.APPLIED, "hfr-1");
    stop();
    cluster.state = null;
    kernel.flush(Family.IPV4, "filter");
    kernel.refuse(call -> call.startsWith("restore"));
    var before = kernel.calls().size();
    start(path.getParent());
    await()
        .until(() -> kernel.calls().stream().skip(before).anyMatch(c -> c.startsWith("restore")));
    assertThat(rules()).as("control").isEmpty();

    kernel.refuse(call -> false);

    await().untilAsserted(() -> assertThat(rules()).contains("--dport 80 "));
  }

  /** It may have been put right by the start, and become the same again. */
  @Test
  void what_a_watch_saw_before_the_start_counts_for_nothing() {
    await().untilAsserted(() -> assertThat(drift.checks).containsExactly(false));
  }

  @Test
  void what_could_not_be_put_back_is_tried_again_though_nobody_tells() {
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");
    awaitStatus(NodePhase.APPLIED, "hfr-1");
    var before = rules();
    kernel.refuse(call -> call.startsWith("restore"));
    kernel.flush(Family.IPV4, "filter");
    drift.wake.run();
    awaitStatus(NodePhase.DRIFTED, "hfr-1");

    kernel.refuse(call -> false);

    awaitStatus(NodePhase.APPLIED, "hfr-1");
    assertThat(rules()).isEqualTo(before);
  }

  @Test
  void a_change_is_healed_that_was_told_while_another_program_was_at_work()
      throws HeldByOtherException {
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");
    awaitStatus(NodePhase.APPLIED, "hfr-1");
    var before = rules();

    try (var _ = folder.holdKernel("test")) {
      kernel.flush(Family.IPV4, "filter");
      drift.wake.run();
      drift.awaitTurn();
      assertThat(rules()).as("control").isEmpty();
    }

    await().untilAsserted(() -> assertThat(rules()).isEqualTo(before));
  }

  @Test
  void rules_are_healed_while_every_pass_fails_and_only_that_is_told() {
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");
    awaitStatus(NodePhase.APPLIED, "hfr-1");
    var before = rules();
    cluster.failure = new IllegalStateException("no files are left");
    awaitStatus(NodePhase.FAILED, "hfr-1");
    var reports = cluster.reports.size();

    kernel.flush(Family.IPV4, "filter");

    await().untilAsserted(() -> assertThat(rules()).isEqualTo(before));
    drift.awaitTurn();
    assertThat(cluster.reports.stream().skip(reports))
        .allMatch(report -> report.state() == NodePhase.FAILED);
    await()
        .untilAsserted(
            () -> assertThat(cluster.events).anyMatch(event -> event.startsWith("DriftHealed: ")));
  }

  @Test
  void rules_are_healed_beside_a_revision_that_lacks_what_the_schema_requires() {
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");
    awaitStatus(NodePhase.APPLIED, "hfr-1");
    var before = rules();
    cluster.revisions.put(
        "hfr-2",
        new HostFirewallRevisionSpec(List.of(new RevisionPolicy("example", "uid", 1L, null))));
    cluster.want("hfr-2");
    awaitStatus(NodePhase.FAILED, "hfr-1");
    assertThat(cluster.last().orElseThrow().message()).startsWith("revision hfr-2 makes no sense");

    kernel.flush(Family.IPV4, "filter");
    drift.wake.run();

    await().untilAsserted(() -> assertThat(rules()).isEqualTo(before));
  }

  @Test
  void what_fails_as_nobody_foresaw_is_tried_ever_later_beside_rules_that_are_healed() {
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");
    awaitStatus(NodePhase.APPLIED, "hfr-1");
    var before = rules();
    kernel.refuse(
        call -> {
          if (isLoad(call)) {
            throw new IllegalStateException("no files are left");
          }
          return false;
        });
    cluster.revision("hfr-2", 81);
    cluster.want("hfr-2");
    await().until(() -> kernel.calls().stream().anyMatch(HealedRulesTest::isLoad));

    kernel.flush(Family.IPV4, "filter");
    drift.wake.run();

    await().untilAsserted(() -> assertThat(rules()).isEqualTo(before));
    drift.awaitTurn();
    assertThat(kernel.calls().stream().filter(HealedRulesTest::isLoad)).hasSize(1);
  }

  private static boolean isLoad(String call) {
    return call.startsWith("restore IPV4") && call.contains("--dport 81 ");
  }

  @Test
  void a_flush_is_healed_when_it_is_noticed() {
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");
    awaitStatus(NodePhase.APPLIED, "hfr-1");
    var before = rules();

    kernel.flush(Family.IPV4, "filter");
    drift.wake.run();

    await().untilAsserted(() -> assertThat(rules()).isEqualTo(before));
  }
}
