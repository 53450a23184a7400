package io.hostfirewall.agent.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hostfirewall.agent.transaction.Examples;
import io.hostfirewall.agent.transaction.Objection;
import io.hostfirewall.agent.transaction.Outcome;
import io.hostfirewall.api.v1alpha1.HostFirewallRevisionSpec;
import io.hostfirewall.api.v1alpha1.NodePhase;
import io.hostfirewall.ruleset.compile.SetNames;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Sets that change under rules that stay. */
class AddressSetsTest extends LoopTest {

  private static final String OFFICE = SetNames.addressSet(Family.IPV4, "office");

  @Test
  void an_address_set_is_followed_without_a_new_rule() {
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");
    awaitStatus(NodePhase.APPLIED, "hfr-1");
    var target = dispatcherTarget();
    var hash = cluster.last().orElseThrow().addressSetsHash();

    var more = new ConcurrentHashMap<>(ToldCluster.SETS);
    more.put("cluster-nodes", List.of(Cidr.parse("192.0.2.11/32"), Cidr.parse("192.0.2.12/32")));
    cluster.sets = more;
    cluster.changed.run();

    await()
        .untilAsserted(
            () -> assertThat(cluster.last().orElseThrow().addressSetsHash()).isNotEqualTo(hash));
    assertThat(dispatcherTarget()).isEqualTo(target);
  }

  private void addressSet(String name, String... networks) {
    var sets = new ConcurrentHashMap<>(Optional.ofNullable(cluster.sets).orElse(ToldCluster.SETS));
    sets.put(name, Stream.of(networks).map(Cidr::parse).toList());
    cluster.sets = sets;
    cluster.changed.run();
  }

  private void wantOffice() {
    cluster.revisions.put(
        "hfr-office", new HostFirewallRevisionSpec(List.of(Examples.openingTo("office"))));
    cluster.want("hfr-office");
  }

  /** Objects to every content of the set without an address, as if somebody were connected. */
  private void somebodyIsConnectedFrom(String address) {
    var here = Cidr.parse(address);
    var locked = new Objection(Outcome.Why.WOULD_LOCK_OUT, address + " could not come again");
    foreseen =
        wanted ->
            wanted.addressSet("office").orElse(List.of()).contains(here)
                ? List.of()
                : List.of(locked);
  }

  @Test
  void nothing_is_enforced_that_names_a_set_which_was_never_seen() {
    wantOffice();
    awaitStatus(NodePhase.PENDING, null);
    assertThat(cluster.last().orElseThrow().message())
        .isEqualTo("address set office, which policy example names, does not exist");

    addressSet("office", "10.1.0.0/16");

    awaitStatus(NodePhase.APPLIED, "hfr-office");
    assertThat(kernel.set(OFFICE)).containsExactly("10.1.0.0/16");
  }

  @Test
  void a_set_keeps_what_it_holds_while_that_would_lock_somebody_out_and_others_change() {
    addressSet("office", "10.1.0.1/32", "10.2.0.0/16");
    wantOffice();
    awaitStatus(NodePhase.APPLIED, "hfr-office");
    var target = dispatcherTarget();
    somebodyIsConnectedFrom("10.1.0.1");

    addressSet("office");
    awaitStatus(NodePhase.ROLLED_BACK, "hfr-office");
    assertThat(cluster.last().orElseThrow().message())
        .isEqualTo("an address set keeps what it held: 10.1.0.1 could not come again");
    addressSet("cluster-nodes", "192.0.2.11/32", "192.0.2.12/32");
    await()
        .untilAsserted(
            () ->
                assertThat(kernel.set(SetNames.addressSet(Family.IPV4, "cluster-nodes")))
                    .hasSize(2));
    assertThat(kernel.set(OFFICE)).containsExactly("10.1.0.1", "10.2.0.0/16");
    assertThat(cluster.last().orElseThrow().state()).isEqualTo(NodePhase.ROLLED_BACK);

    addressSet("office", "10.1.0.1/32");
    awaitStatus(NodePhase.APPLIED, "hfr-office");
    assertThat(kernel.set(OFFICE)).containsExactly("10.1.0.1");

    addressSet("office");
    awaitStatus(NodePhase.ROLLED_BACK, "hfr-office");
    foreseen = wanted -> List.of();
    drift.wake.run();
    awaitStatus(NodePhase.APPLIED, "hfr-office");
    assertThat(kernel.set(OFFICE)).isEmpty();
    assertThat(dispatcherTarget()).isEqualTo(target);
  }

  @Test
  void an_edit_that_was_held_back_is_over_when_it_is_taken_back() {
    addressSet("office", "10.1.0.1/32");
    wantOffice();
    awaitStatus(NodePhase.APPLIED, "hfr-office");
    somebodyIsConnectedFrom("10.1.0.1");
    addressSet("office");
    awaitStatus(NodePhase.ROLLED_BACK, "hfr-office");

    addressSet("office", "10.1.0.1/32");

    awaitStatus(NodePhase.APPLIED, "hfr-office");
  }

  @Test
  void sets_are_followed_by_rules_that_others_could_not_replace() {
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");
    awaitStatus(NodePhase.APPLIED, "hfr-1");
    var hash = cluster.last().orElseThrow().addressSetsHash();
    kernel.refuse(LoopTest::isConfirm);
    cluster.revision("hfr-2", 81);
    cluster.want("hfr-2");
    awaitStatus(NodePhase.ROLLED_BACK, "hfr-1");

    addressSet("cluster-nodes", "192.0.2.11/32", "192.0.2.12/32");

    awaitNodes("192.0.2.11", "192.0.2.12");
    drift.wake.run();
    drift.awaitTurn();
    assertThat(nodes()).as("not taken back").hasSize(2);
    assertThat(rules()).contains("--dport 80 ");
    awaitStatus(NodePhase.ROLLED_BACK, "hfr-1");
    assertThat(cluster.last().orElseThrow().addressSetsHash()).isNotEqualTo(hash);
    cluster.want("hfr-1");
    awaitStatus(NodePhase.APPLIED, "hfr-1");
    assertThat(cluster.events).noneMatch(event -> event.startsWith("DriftHealed"));
  }

  @Test
  void sets_are_followed_though_nobody_knows_what_the_node_shall_run() {
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");
    awaitStatus(NodePhase.APPLIED, "hfr-1");
    cluster.want(null);
    awaitStatus(NodePhase.FAILED, "hfr-1");

    addressSet("cluster-nodes", "192.0.2.12/32");
    drift.awaitTurn();
    assertThat(nodes()).as("of a cluster without this node").containsExactly("192.0.2.11");
    addressSet("cluster-nodes", "192.0.2.11/32", "192.0.2.12/32");
    awaitNodes("192.0.2.11", "192.0.2.12");

    cluster.want("hfr-missing");
    awaitStatus(NodePhase.PENDING, "hfr-1");
    addressSet("cluster-nodes", "192.0.2.11/32", "192.0.2.13/32");
    awaitNodes("192.0.2.11", "192.0.2.13");
  }

  @Test
  void a_set_of_rules_that_others_could_not_replace_locks_nobody_out() {
    addressSet("office", "10.1.0.1/32", "10.2.0.0/16");
    wantOffice();
    awaitStatus(NodePhase.APPLIED, "hfr-office");
    kernel.refuse(LoopTest::isConfirm);
    cluster.revision("hfr-2", 81);
    cluster.want("hfr-2");
    awaitStatus(NodePhase.ROLLED_BACK, "hfr-office");
    somebodyIsConnectedFrom("10.1.0.1");

    addressSet("office");
    addressSet("cluster-nodes", "192.0.2.11/32", "192.0.2.12/32");

    awaitNodes("192.0.2.11", "192.0.2.12");
    assertThat(kernel.set(OFFICE)).containsExactly("10.1.0.1", "10.2.0.0/16");
    await()
        .untilAsserted(
            () ->
                assertThat(cluster.events)
                    .contains(
                        "WouldLockOut: Held back: an address set keeps what it held: "
                            + "10.1.0.1 could not come again"));
    foreseen = wanted -> List.of();
    drift.wake.run();
    await().untilAsserted(() -> assertThat(kernel.set(OFFICE)).isEmpty());
  }

  @Test
  void a_set_locks_nobody_out_under_rules_of_which_the_journal_is_lost() throws Exception {
    stopBesideAnEditThatLocksOut();
    Files.delete(path.resolve("journal"));

    start(path.getParent());

    expectHeldBack();
  }

  @Test
  void a_set_locks_nobody_out_under_rules_that_could_not_be_looked_after_at_the_start()
      throws Exception {
    stopBesideAnEditThatLocksOut();
    try (var _ = folder.holdKernel("test")) {
      start(path.getParent());
      drift.awaitTurn();
    }

    expectHeldBack();
  }

  private void stopBesideAnEditThatLocksOut() throws InterruptedException {
    addressSet("office", "10.1.0.1/32", "10.2.0.0/16");
    wantOffice();
    awaitStatus(NodePhase.APPLIED, "hfr-office");
    stop();
    cluster.reports.clear();
    cluster.changed = () -> {};
    addressSet("office");
    somebodyIsConnectedFrom("10.1.0.1");
  }

  private void expectHeldBack() {
    awaitStatus(NodePhase.ROLLED_BACK, "hfr-office");
    assertThat(kernel.set(OFFICE)).containsExactly("10.1.0.1", "10.2.0.0/16");
    assertThat(cluster.events).noneMatch(event -> event.startsWith("DriftHealed"));
  }

  private List<String> nodes() {
    return kernel.set(SetNames.addressSet(Family.IPV4, "cluster-nodes"));
  }

  private void awaitNodes(String... addresses) {
    await().untilAsserted(() -> assertThat(nodes()).containsExactly(addresses));
  }

  @Test
  void a_set_that_was_deleted_in_use_is_kept_by_who_never_saw_it() throws Exception {
    addressSet("office", "10.1.0.0/16", "fd01::/64");
    wantOffice();
    awaitStatus(NodePhase.APPLIED, "hfr-office");
    stop();
    cluster.sets = ToldCluster.SETS;
    cluster.reports.clear();

    start(path.getParent());
    addressSet("cluster-nodes", "192.0.2.11/32", "192.0.2.12/32");

    awaitStatus(NodePhase.APPLIED, "hfr-office");
    await()
        .untilAsserted(
            () ->
                assertThat(kernel.set(SetNames.addressSet(Family.IPV4, "cluster-nodes")))
                    .hasSize(2));
    assertThat(kernel.set(OFFICE)).containsExactly("10.1.0.0/16");
    assertThat(kernel.set(SetNames.addressSet(Family.IPV6, "office"))).containsExactly("fd01::/64");
  }
}
