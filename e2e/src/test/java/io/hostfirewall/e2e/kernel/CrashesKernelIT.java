package io.hostfirewall.e2e.kernel;

import static io.hostfirewall.e2e.kernel.AnswersAssert.assertThat;
import static io.hostfirewall.e2e.kernel.Policies.policy;
import static io.hostfirewall.e2e.kernel.Policies.webServer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Programs of ours that only ever end by {@code kill -9}, while the policy changes. {@code
 * -Dhostfirewall.soakSeconds} says for how long, {@code -Dhostfirewall.seed} repeats what chance
 * chose.
 */
@OnEveryBackEnd
class CrashesKernelIT extends KernelTest {

  private static final Duration LENGTH =
      Duration.ofSeconds(Integer.getInteger("hostfirewall.soakSeconds", 8));

  private static final long SEED = Long.getLong("hostfirewall.seed", System.nanoTime());

  /** No policy here opens it. */
  private static final int CLOSED = 8081;

  /** Longer than a program of ours takes for all of its work. */
  private static final int LIFE_MILLIS = 2_000;

  /** From its first word in the journal to its last. */
  private static final int WORK_MILLIS = 150;

  private static final int MOST_VAIN_KILLS = 50;

  private static final String READY = "http://127.0.0.1:9473/readyz";

  private static final List<String> POLICIES =
      List.of(webServer(), opening(7001), opening(7002), opening(7003));

  @TempDir Path folder;

  private final Random chance = new Random(SEED);
  private Program hostfirewall;
  private int kills;
  private int halves;

  @BeforeEach
  void others() {
    host.listen(CLOSED);
    host.run("ipset create others hash:ip");
    host.run("ipset add others 203.0.113.9");
    host.iptables("-A INPUT -m set --match-set others src -j DROP");
    host.iptables("-A INPUT -p tcp -m tcp --dport 7 -j DROP");
    hostfirewall = new Program(topology.host(), setting.backEnd(), folder);
  }

  @AfterEach
  void note() {
    Figures.note(
        "%s: %d kills within %d s, %d of them left a half; seed %d"
            .formatted(setting, kills, LENGTH.toSeconds(), halves, SEED));
  }

  private static String opening(int port) {
    return policy(
        "opening",
        "ingress: [{name: any, action: Accept, ports: [{protocol: TCP, port: %d}]}]"
            .formatted(port));
  }

  @Test
  void whoever_dies_whenever_one_confirmed_rule_set_is_left_and_nothing_else() throws Exception {
    var whole = new HashMap<String, String>();
    for (var policy : POLICIES) {
      assertThat(hostfirewall.apply(policy).exit()).isZero();
      whole.put(standing(), policy);
    }
    var others = Rules.atRest(host.rulesOfOthers());

    var end = System.nanoTime() + LENGTH.toNanos();
    while (System.nanoTime() < end || (halves == 0 && kills < MOST_VAIN_KILLS)) {
      runAndKill();
      kills++;
      if (!whole.containsKey(standing())) {
        halves++;
      }
      assertThat(attacker.connect(1, CLOSED)).as("kill %d", kills).vanished();
    }

    var left = recovered();
    assertThat(whole).as("seed %d, %d kills", SEED, kills).containsKey(left);
    assertThat(Rules.atRest(host.rulesOfOthers())).isEqualTo(others);
    assertThat(halves).as("control: kills that left a half, of %d", kills).isPositive();
    assertThat(hostfirewall.apply(webServer()).exit()).isZero();
    assertThat(whole).containsEntry(standing(), webServer());
  }

  private String standing() {
    return Rules.comparable(host.rulesAtRest());
  }

  /** Mostly somebody applies a policy, and is killed; now and then the agent of the node is. */
  private void runAndKill() throws Exception {
    var before = journal();
    var isAgent = chance.nextInt(5) == 0;
    var process =
        isAgent
            ? hostfirewall.startAgent()
            : hostfirewall.startApplying(POLICIES.get(chance.nextInt(POLICIES.size())));
    try {
      if (!isAgent && chance.nextInt(4) > 0) {
        await()
            .pollDelay(Duration.ZERO)
            .pollInterval(Duration.ofMillis(2))
            .atMost(Duration.ofSeconds(20))
            .until(() -> !process.isAlive() || !journal().equals(before));
        var _ = process.waitFor(chance.nextInt(WORK_MILLIS), TimeUnit.MILLISECONDS);
      } else {
        var _ = process.waitFor(chance.nextInt(LIFE_MILLIS), TimeUnit.MILLISECONDS);
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private String journal() throws IOException {
    try {
      return Files.readString(Path.of(hostfirewall.state(), "journal"));
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  /** What stands after the agent was started once more, and nobody helped it. */
  private String recovered() throws Exception {
    var agent = hostfirewall.startAgent();
    try {
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () ->
                  topology.host().attempt(List.of("curl", "-sf", "-m", "2", READY), "").exit()
                      == 0);
      return standing();
    } catch (ConditionTimeoutException e) {
      var said = Files.readString(folder.resolve("agent.log"));
      throw new AssertionError("seed %d: the agent is not ready:%n%s".formatted(SEED, said), e);
    } finally {
      agent.destroyForcibly().waitFor();
    }
  }
}
