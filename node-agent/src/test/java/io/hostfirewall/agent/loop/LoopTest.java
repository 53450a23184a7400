package io.hostfirewall.agent.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hostfirewall.agent.health.Health;
import io.hostfirewall.agent.health.Metrics;
import io.hostfirewall.agent.health.Telemetry;
import io.hostfirewall.agent.kernel.BootClock;
import io.hostfirewall.agent.node.ConnectionTable;
import io.hostfirewall.agent.node.NodeObserver;
import io.hostfirewall.agent.state.StateFolder;
import io.hostfirewall.agent.transaction.DiskJournal;
import io.hostfirewall.agent.transaction.FormerRules;
import io.hostfirewall.agent.transaction.MemoryKernel;
import io.hostfirewall.agent.transaction.Objection;
import io.hostfirewall.agent.transaction.Proof;
import io.hostfirewall.agent.transaction.Transaction;
import io.hostfirewall.agent.transaction.Wanted;
import io.hostfirewall.agent.transaction.WarmUp;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateStatus;
import io.hostfirewall.api.v1alpha1.NodePhase;
import io.hostfirewall.ruleset.compile.LogTarget;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * A loop that runs beside each test, on a kernel in memory and a cluster that tells what the test
 * wants.
 */
abstract class LoopTest {

  static final List<Cidr> ADMINISTRATORS = List.of(Cidr.parse("203.0.113.0/24"));

  final ToldCluster cluster = new ToldCluster();
  final ToldDrift drift = new ToldDrift();
  final MemoryKernel kernel = new MemoryKernel();
  private final Metrics metrics = new Metrics("test", "nft");
  private final Health health = new Health();
  volatile Optional<Objection> objection = Optional.empty();
  volatile Function<Wanted, List<Objection>> foreseen = wanted -> List.of();
  volatile Runnable preparation = () -> {};
  private final Proof proof =
      new Proof() {
        @Override
        public void before(Wanted wanted) {
          preparation.run();
        }

        @Override
        public Optional<Objection> objection(Wanted wanted) {
          return objection;
        }

        @Override
        public List<Objection> foreseen(Wanted wanted) {
          return foreseen.apply(wanted);
        }
      };
  final SteppedClock clock = new SteppedClock();
  Path path;
  Path connections;
  StateFolder folder;
  NodeLoop loop;
  private Thread thread;
  CompletableFuture<NodeLoop.End> ended;

  @BeforeEach
  void start(@TempDir Path temporary) throws IOException {
    path = Files.createDirectories(temporary.resolve("state"));
    connections = Files.createDirectories(temporary.resolve("connections"));
    folder = new StateFolder(path);
    start(Duration.ofHours(1));
  }

  void start(Duration quietCheck) {
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

  String rules() {
    return String.join(
        "\n",
        kernel.chain(Family.IPV4, "filter", "HFW-INPUT").isEmpty()
            ? List.of()
            : kernel.chain(Family.IPV4, "filter", dispatcherTarget().replace("INPUT", "RULES")));
  }

  String dispatcherTarget() {
    var rule = kernel.chain(Family.IPV4, "filter", "HFW-INPUT").getLast();
    return rule.substring(rule.indexOf(" -g ") + 4);
  }

  List<String> input() {
    return kernel.chain(Family.IPV4, "filter", "INPUT");
  }

  void awaitStatus(NodePhase phase, @Nullable String revision) {
    await()
        .untilAsserted(
            () -> {
              assertThat(cluster.last()).map(HostFirewallNodeStateStatus::state).contains(phase);
              assertThat(cluster.last().orElseThrow().revision()).isEqualTo(revision);
            });
  }

  static boolean isConfirm(String call) {
    return call.contains("del hfw4-lease");
  }
}
