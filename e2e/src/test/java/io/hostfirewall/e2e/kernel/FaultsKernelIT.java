package io.hostfirewall.e2e.kernel;

import static io.hostfirewall.e2e.kernel.AnswersAssert.assertThat;
import static io.hostfirewall.e2e.kernel.Policies.policy;
import static io.hostfirewall.e2e.kernel.Policies.webServer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hostfirewall.e2e.lab.Family;
import io.hostfirewall.e2e.lab.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a host does to its firewall: rules stay, it is told, and it passes without help. */
@OnEveryBackEnd
class FaultsKernelIT extends KernelTest {

  private static final int CLOSED = 8081;
  private static final String READY = "http://127.0.0.1:9473/readyz";
  private static final String NOT_REMEMBERED = "The state folder does not hold these rules";

  /** Longer than an agent waits before it tries again. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** How long the lock of iptables is held at least. */
  private static final Duration LOCKED =
      Duration.ofSeconds(Integer.getInteger("hostfirewall.lockSeconds", 0));

  private static final String OPEN =
      policy(
          "open", "ingress: [{name: any, action: Accept, ports: [{protocol: TCP, port: 8081}]}]");

  @TempDir Path folder;

  private Program hostfirewall;
  private Path state;

  @BeforeEach
  void install() throws IOException {
    host.listen(CLOSED);
    hostfirewall = new Program(topology.host(), setting.backEnd(), folder);
    state = Files.createDirectory(Path.of(hostfirewall.state()));
    mount("-t", "tmpfs", "-o", "size=256k", "tmpfs", state.toString());
  }

  @AfterEach
  void unmount() {
    Shell.attempt(List.of("umount", "--lazy", "--recursive", state.toString()), "");
  }

  private static void mount(String... words) {
    var command = new ArrayList<>(List.of("mount"));
    command.addAll(List.of(words));
    Shell.run(command, "");
  }

  private static void assertDone(Shell.Result result) {
    assertThat(result.exit()).as(result.err()).isZero();
  }

  private String status() {
    return hostfirewall.run("status", "--state-dir", hostfirewall.state()).out();
  }

  private Shell.Result health() {
    return topology.host().attempt(List.of("curl", "-sS", "--fail-with-body", READY), "");
  }

  /** Does something while the agent of the host is at work, who enforced these rules. */
  private void withAgent(ThrowingRunnable work) throws Exception {
    var agent = hostfirewall.startAgent();
    try {
      await().atMost(PATIENCE).until(() -> health().exit() == 0);
      work.run();
    } finally {
      agent.destroyForcibly().waitFor();
    }
  }

  private interface ThrowingRunnable {
    void run() throws Exception;
  }

  private void awaitHealed() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(attacker.connect(1, CLOSED)).vanished());
    await().atMost(PATIENCE).until(() -> health().exit() == 0);
  }

  @Test
  void a_full_disk_hinders_no_change_and_is_told() {
    assertDone(hostfirewall.apply(OPEN));
    assertThat(status()).doesNotContain(NOT_REMEMBERED);
    var filler = state.resolve("filler");
    assertThat(fill(filler).err()).contains("No space left");

    var applied = hostfirewall.apply(webServer());

    assertDone(applied);
    assertThat(applied.err()).contains("cannot be written down").contains("No space left");
    assertThat(attacker.connect(1, CLOSED)).vanished();
    assertThat(status()).contains(NOT_REMEMBERED);

    assertThat(filler.toFile().delete()).isTrue();
    assertThat(hostfirewall.apply(webServer()).out()).contains("is enforced already");
    assertThat(status()).doesNotContain(NOT_REMEMBERED);
  }

  private static Shell.Result fill(Path file) {
    return Shell.attempt(List.of("dd", "if=/dev/zero", "of=" + file, "bs=512"), "");
  }

  @Test
  void a_state_folder_that_becomes_read_only_is_told_and_forgotten() throws Exception {
    assertDone(hostfirewall.apply(webServer()));
    withAgent(
        () -> {
          mount("--bind", state.toString(), state.toString());
          // Refused while the agent has a file open there to write.
          var readOnly = List.of("mount", "-o", "remount,bind,ro", state.toString());
          await().until(() -> Shell.attempt(readOnly, "").exit() == 0);
          host.iptables("-F HFW-INPUT");

          await()
              .atMost(PATIENCE)
              .untilAsserted(
                  () -> assertThat(health().out()).contains("cannot use the state folder"));
          // A look that had begun before the folder was lost may have healed the first.
          host.iptables("-F HFW-INPUT");
          assertThat(attacker.connect(1, CLOSED)).as("control: nothing is healed").accepted(1);

          Shell.run(List.of("umount", "--lazy", state.toString()), "");
          awaitHealed();
        });
  }

  @Test
  void damage_on_the_disk_leaves_the_rules_that_stand() throws Exception {
    assertDone(hostfirewall.apply(webServer()));
    var standing = host.rulesAtRest();
    for (var what : List.of("journal", "saved")) {
      damage(state.resolve(what));

      var agent = hostfirewall.startAgent();
      try {
        await().atMost(PATIENCE).until(() -> health().out().contains("nothing was verified"));
        assertThat(host.rulesAtRest()).as(what).isEqualTo(standing);
      } finally {
        agent.destroyForcibly().waitFor();
      }
      assertThat(status()).as(what).contains(NOT_REMEMBERED);
      assertThat(hostfirewall.apply(webServer()).out()).contains("is enforced already");
      assertThat(status()).as(what).doesNotContain(NOT_REMEMBERED);
    }
  }

  private static void damage(Path path) throws IOException {
    try (var files = Files.walk(path)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        var text = Files.readString(file);
        Files.writeString(file, text.substring(0, text.length() / 3).replace('1', '2'));
      }
    }
  }

  @Test
  void an_iptables_that_fails_is_told_and_waited_for() throws Exception {
    assertDone(hostfirewall.apply(webServer()));
    withAgent(
        () -> {
          hostfirewall.breakIptables("out of order");
          host.iptables("-F HFW-INPUT");

          await()
              .atMost(PATIENCE)
              .untilAsserted(() -> assertThat(health().out()).contains("out of order"));
          assertThat(attacker.connect(1, CLOSED)).as("control: nothing is healed").accepted(1);

          hostfirewall.mendIptables();
          awaitHealed();
        });
  }

  /** Takes the lock of iptables until its input is closed. */
  private static Process holdLock() throws IOException {
    var lock = new ProcessBuilder("flock", "/run/xtables.lock", "cat").start();
    lock.getOutputStream().write('x');
    lock.getOutputStream().flush();
    assertThat(lock.getInputStream().read()).as("it is held").isEqualTo('x');
    return lock;
  }

  /** Nobody but iptables-legacy knows this lock. */
  @Test
  void who_holds_the_lock_for_long_delays_healing_and_is_named() throws Exception {
    assertDone(hostfirewall.apply(webServer()));
    withAgent(
        () -> {
          var lock = holdLock();
          var end = System.nanoTime() + LOCKED.toNanos();
          try {
            var flush =
                "env XTABLES_LOCKFILE=/dev/null %s -F HFW-INPUT"
                    .formatted(setting.backEnd().iptables(Family.IPV4));
            host.run(flush);
            if (setting.backEnd() == BackEnd.LEGACY) {
              await()
                  .atMost(PATIENCE)
                  .untilAsserted(() -> assertThat(health().out()).containsPattern("xtables.lock"));
              do {
                assertThat(attacker.connect(1, CLOSED)).as("control: it is not healed").accepted(1);
                assertThat(client(Family.IPV6, 66).connect(1, CLOSED)).as("others stay").vanished();
                assertThat(health().exit()).as("it is told all the time").isNotZero();
              } while (System.nanoTime() < end);
              lock.getOutputStream().close();
            }
            awaitHealed();
          } finally {
            lock.destroyForcibly().waitFor();
          }
        });
  }

  @Test
  void the_lock_of_others_is_waited_for() throws Exception {
    assertDone(hostfirewall.apply(OPEN));
    var lock = holdLock();
    try {
      var applying = hostfirewall.startApplying(webServer());
      if (setting.backEnd() == BackEnd.LEGACY) {
        await().atMost(PATIENCE).until(() -> isRestoring(applying));
        assertThat(attacker.connect(1, CLOSED)).as("the old rules decide").accepted(1);
        lock.getOutputStream().close();
      }
      // Nobody but iptables-legacy knows this lock.
      assertThat(applying.waitFor(PATIENCE)).isTrue();
      assertThat(applying.exitValue()).isZero();
      assertThat(attacker.connect(1, CLOSED)).vanished();
    } finally {
      lock.destroyForcibly().waitFor();
    }
  }

  @Test
  void a_lock_that_is_not_given_back_in_time_leaves_the_rules_that_stand() throws Exception {
    assertDone(hostfirewall.apply(OPEN));
    var standing = host.rulesAtRest();
    var lock = holdLock();
    var end = System.nanoTime() + LOCKED.toNanos();
    try {
      do {
        var applied = hostfirewall.apply(webServer());
        if (setting.backEnd() == BackEnd.NFT) {
          assertDone(applied);
        } else {
          assertThat(applied.exit()).isEqualTo(3);
          assertThat(applied.err()).contains("xtables");
          assertThat(host.rulesAtRest()).isEqualTo(standing);
          assertThat(attacker.connect(1, CLOSED)).accepted(1);
        }
      } while (System.nanoTime() < end);
    } finally {
      lock.destroyForcibly().waitFor();
    }
    assertDone(hostfirewall.apply(webServer()));
    assertThat(attacker.connect(1, CLOSED)).vanished();
  }

  /** Whether iptables-restore runs, which all of its trades do as one program. */
  private static boolean isRestoring(Process program) {
    return program
        .descendants()
        .flatMap(child -> child.info().arguments().stream())
        .anyMatch(arguments -> List.of(arguments).contains("--noflush"));
  }
}
