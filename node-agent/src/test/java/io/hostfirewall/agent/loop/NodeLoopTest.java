package io.hostfirewall.agent.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hostfirewall.agent.cluster.Cluster;
import io.hostfirewall.agent.cluster.ClusterException;
import io.hostfirewall.agent.cluster.NodeState;
import io.hostfirewall.agent.drift.DriftWatch;
import io.hostfirewall.agent.health.Health;
import io.hostfirewall.agent.health.Metrics;
import io.hostfirewall.agent.health.Telemetry;
import io.hostfirewall.agent.kernel.BootClock;
import io.hostfirewall.agent.node.ConnectionTable;
import io.hostfirewall.agent.node.NodeObserver;
import io.hostfirewall.agent.state.StateFolder;
import io.hostfirewall.agent.transaction.DiskJournal;
import io.hostfirewall.agent.transaction.Examples;
import io.hostfirewall.agent.transaction.FormerRules;
import io.hostfirewall.agent.transaction.MemoryKernel;
import io.hostfirewall.agent.transaction.Objection;
import io.hostfirewall.agent.transaction.Outcome;
import io.hostfirewall.agent.transaction.Proof;
import io.hostfirewall.agent.transaction.Transaction;
import io.hostfirewall.agent.transaction.Wanted;
import io.hostfirewall.agent.transaction.WarmUp;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateSpec;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateStatus;
import io.hostfirewall.api.v1alpha1.HostFirewallRevisionSpec;
import io.hostfirewall.api.v1alpha1.NodeDescription;
import io.hostfirewall.api.v1alpha1.NodePhase;
import io.hostfirewall.ruleset.compile.LogTarget;
import io.hostfirewall.ruleset.compile.SetNames;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.IpSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeLoopTest {

  private static final Map<String, List<Cidr>> SETS =
      Map.of(
          "cluster-nodes", List.of(Cidr.parse("192.0.2.11/32")),
          "cluster-pods", List.of(),
          "cluster-apiservers", List.of(Cidr.parse("192.0.2.1/32")),
          "cluster-control-plane", List.of(Cidr.parse("192.0.2.1/32")));

  private static final List<Cidr> ADMINISTRATORS = List.of(Cidr.parse("203.0.113.0/24"));

  /** A cluster that says what the test wants, and remembers what it is told. */
  private static final class ToldCluster implements Cluster {
    private final Map<String, HostFirewallRevisionSpec> revisions = new ConcurrentHashMap<>();
    private final List<HostFirewallNodeStateStatus> reports = new CopyOnWriteArrayList<>();
    private final List<String> events = new CopyOnWriteArrayList<>();
    private volatile @Nullable NodeState state;
    private volatile @Nullable Map<String, List<Cidr>> sets = SETS;
    private volatile Runnable changed = () -> {};
    private volatile @Nullable RuntimeException failure;
    private long generation;
    private int uid;

    private void want(@Nullable String revision) {
      var node = new NodeDescription(List.of("192.0.2.11"), List.of(), 10250, List.of(), false);
      state =
          new NodeState(
              "uid-" + uid, ++generation, new HostFirewallNodeStateSpec(revision, node), null);
      changed.run();
    }

    /** The next node state is another object. */
    private void forget() {
      uid++;
      generation = 0;
    }

    private void revision(String name, int port) {
      revisions.put(name, new HostFirewallRevisionSpec(List.of(Examples.opening(port))));
    }

    private Optional<HostFirewallNodeStateStatus> last() {
      return reports.isEmpty() ? Optional.empty() : Optional.of(reports.getLast());
    }

    @Override
    public void start(Runnable listener) {
      changed = listener;
    }

    @Override
    public void reconnect() {}

    @Override
    public Optional<NodeState> nodeState() {
      return Optional.ofNullable(state);
    }

    @Override
    public Optional<Map<String, List<Cidr>>> addressSets() {
      if (failure != null) {
        throw failure;
      }
      return Optional.ofNullable(sets);
    }

    @Override
    public HostFirewallRevisionSpec revision(String name) throws ClusterException {
      var revision = revisions.get(name);
      if (revision == null) {
        throw new ClusterException("revision " + name + " does not exist");
      }
      return revision;
    }

    @Override
    public void report(HostFirewallNodeStateStatus status) {
      reports.add(status);
    }

    @Override
    public void event(String reason, String message) {
      events.add(reason + ": " + message);
    }

    @Override
    public void close() {}
  }

  /** A clock that somebody sets. */
  private static final class SteppedClock extends Clock {
    private volatile Duration step = Duration.ZERO;

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Instant instant() {
      return Instant.now().plus(step);
    }
  }

  /** Tells of a change when the test does. */
  private static final class ToldDrift implements DriftWatch {
    private volatile Runnable wake = () -> {};
    private volatile String bypassed = "";
    private final List<Boolean> checks = new CopyOnWriteArrayList<>();

    @Override
    public void start(Runnable listener) {
      wake = listener;
    }

    @Override
    public void watchSets(Collection<IpSet> sets) {}

    @Override
    public void checked(boolean asMeant) {
      checks.add(asMeant);
    }

    @Override
    public void lookAfter() {}

    @Override
    public String bypassed() {
      return bypassed;
    }

    @Override
    public String otherBackEnd() {
      return "";
    }

    @Override
    public void close() {}
  }

  private final ToldCluster cluster = new ToldCluster();
  private final ToldDrift drift = new ToldDrift();
  private final MemoryKernel kernel = new MemoryKernel();
  private final Metrics metrics = new Metrics("test", "nft");
  private final Health health = new Health();
  private volatile Optional<Objection> objection = Optional.empty();
  private volatile Function<Wanted, List<Objection>> foreseen = wanted -> List.of();
  private final Proof proof =
      new Proof() {
        @Override
        public Optional<Objection> objection(Wanted wanted) {
          return objection;
        }

        @Override
        public List<Objection> foreseen(Wanted wanted) {
          return foreseen.apply(wanted);
        }
      };
  private final SteppedClock clock = new SteppedClock();
  private Path path;
  private Path connections;
  private StateFolder folder;
  private NodeLoop loop;
  private Thread thread;
  private CompletableFuture<NodeLoop.End> ended;

  @BeforeEach
  void start(@TempDir Path temporary) throws IOException {
    path = Files.createDirectories(temporary.resolve("state"));
    connections = Files.createDirectories(temporary.resolve("connections"));
    folder = new StateFolder(path);
    start(Duration.ofHours(1));
  }

  private void start(Duration quietCheck) {
    loop =
        new NodeLoop(
            Duration.ofSeconds(30),
            new NodeLoop.Pace(Duration.ofMillis(20), Duration.ofHours(1), quietCheck),
            cluster,
            new Transaction(
                kernel.kernel(),
                FormerRules.none(),
                new BootClock(),
                proof,
                WarmUp.none(),
                new DiskJournal(folder),
                metrics::seen),
            new NodeObserver(
                List.of(),
                List.of(),
                List.of(),
                ADMINISTRATORS,
                () -> List.of(22),
                new LogTarget.Kernel()),
            new ConnectionTable(connections),
            drift,
            folder,
            new Telemetry(health, metrics),
            List.of(),
            "test",
            clock);
    ended = new CompletableFuture<>();
    thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    ended.complete(loop.run());
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
  }

  @AfterEach
  void stop() throws InterruptedException {
    loop.close();
    thread.join();
  }

  private String rules() {
    return String.join(
        "\n",
        kernel.chain(Family.IPV4, "filter", "HFW-INPUT").isEmpty()
            ? List.of()
            : kernel.chain(Family.IPV4, "filter", dispatcherTarget().replace("INPUT", "RULES")));
  }

  private String dispatcherTarget() {
    var rule = kernel.chain(Family.IPV4, "filter", "HFW-INPUT").getLast();
    return rule.substring(rule.indexOf(" -g ") + 4);
  }

  private List<String> input() {
    return kernel.chain(Family.IPV4, "filter", "INPUT");
  }

  private void awaitStatus(NodePhase phase, @Nullable String revision) {
    await()
        .untilAsserted(
            () -> {
              assertThat(cluster.last()).map(HostFirewallNodeStateStatus::state).contains(phase);
              assertThat(cluster.last().orElseThrow().revision()).isEqualTo(revision);
            });
  }

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
    kernel.refuse(NodeLoopTest::isConfirm);
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

    cluster.sets = SETS;
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
    kernel.refuse(NodeLoopTest::isConfirm);
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
    assertThat(kernel.calls().stream().filter(NodeLoopTest::isConfirm)).hasSize(2);
  }

  private static boolean isConfirm(String call) {
    return call.contains("del hfw4-lease");
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
    kernel.refuse(NodeLoopTest::isConfirm);
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

  /** It may have been put right by the start, and become the same again. */
  @Test
  void what_a_watch_saw_before_the_start_counts_for_nothing() {
    await().untilAsserted(() -> assertThat(drift.checks).containsExactly(false));
  }

  private List<String> untracked() {
    return kernel.set(SetNames.untracked(Family.IPV4));
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
  void a_flush_is_healed_when_it_is_noticed() {
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");
    awaitStatus(NodePhase.APPLIED, "hfr-1");
    var before = rules();

    kernel.flush(Family.IPV4, "filter");
    drift.wake.run();

    await().untilAsserted(() -> assertThat(rules()).isEqualTo(before));
  }

  @Test
  void an_address_set_is_followed_without_a_new_rule() {
    cluster.revision("hfr-1", 80);
    cluster.want("hfr-1");
    awaitStatus(NodePhase.APPLIED, "hfr-1");
    var target = dispatcherTarget();
    var hash = cluster.last().orElseThrow().addressSetsHash();

    var more = new ConcurrentHashMap<>(SETS);
    more.put("cluster-nodes", List.of(Cidr.parse("192.0.2.11/32"), Cidr.parse("192.0.2.12/32")));
    cluster.sets = more;
    cluster.changed.run();

    await()
        .untilAsserted(
            () -> assertThat(cluster.last().orElseThrow().addressSetsHash()).isNotEqualTo(hash));
    assertThat(dispatcherTarget()).isEqualTo(target);
  }

  private static final String OFFICE = SetNames.addressSet(Family.IPV4, "office");

  private void addressSet(String name, String... networks) {
    var sets = new ConcurrentHashMap<>(Optional.ofNullable(cluster.sets).orElse(SETS));
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
  void a_set_that_was_deleted_in_use_is_kept_by_who_never_saw_it() throws Exception {
    addressSet("office", "10.1.0.0/16", "fd01::/64");
    wantOffice();
    awaitStatus(NodePhase.APPLIED, "hfr-office");
    stop();
    cluster.sets = SETS;
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
}
