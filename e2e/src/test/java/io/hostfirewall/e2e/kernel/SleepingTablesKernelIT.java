package io.hostfirewall.e2e.kernel;

import static io.hostfirewall.e2e.kernel.AnswersAssert.assertThat;
import static io.hostfirewall.e2e.kernel.Policies.webServer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hostfirewall.e2e.lab.Family;
import io.hostfirewall.e2e.lab.Shell;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code flags dormant} of nft takes all rules of a table out of the way of packets, and
 * iptables-save prints them as ever. Rules of iptables-legacy stand in no table of nft's.
 */
@OnEveryBackEnd
class SleepingTablesKernelIT extends KernelTest {

  private static final int CLOSED = 8081;
  private static final String SLEEPS = "was told to sleep (flags dormant)";

  /**
   * Longer than an agent needs on a busy machine, and shorter than its look of each half minute.
   */
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path folder;

  private final Map<Family, Client> strangers = new EnumMap<>(Family.class);
  private Program hostfirewall;

  @BeforeEach
  void install() {
    host.listen(CLOSED);
    for (var family : Family.values()) {
      strangers.put(family, client(family, 66));
    }
    hostfirewall = new Program(topology.host(), setting.backEnd(), folder);
  }

  private boolean isNft() {
    return setting.backEnd() == BackEnd.NFT;
  }

  private void sleep(String table) {
    for (var family : List.of("ip", "ip6")) {
      host.run("nft add table %s %s { flags dormant ; }".formatted(family, table));
    }
  }

  private Shell.Result apply() {
    return hostfirewall.apply(webServer());
  }

  private static void assertDone(Shell.Result result) {
    assertThat(result.exit()).as(result.err()).isZero();
  }

  private String status() {
    return hostfirewall.run("status", "--state-dir", hostfirewall.state()).out();
  }

  private void assertOpen(boolean open) {
    for (var stranger : strangers.values()) {
      var answers = stranger.connect(1, CLOSED);
      if (open) {
        assertThat(answers).accepted(1);
      } else {
        assertThat(answers).vanished();
      }
    }
  }

  @Test
  void a_person_is_told_and_whoever_applies_wakes_them() {
    assertDone(apply());
    var before = host.rulesAtRest();

    sleep("filter");

    assertOpen(isNft());
    assertThat(host.rulesAtRest()).as("iptables-save prints them as ever").isEqualTo(before);
    assertThat(status().contains(SLEEPS)).isEqualTo(isNft());
    assertThat(status().startsWith("Not enforced")).isEqualTo(isNft());

    assertDone(apply());
    assertOpen(false);
    assertThat(status()).startsWith("Enforced").doesNotContain(SLEEPS);
  }

  @Test
  void an_agent_wakes_them_when_it_starts_and_as_soon_as_it_is_told() throws Exception {
    assertDone(apply());
    sleep("filter");
    assertOpen(isNft());

    var agent = hostfirewall.startAgent();
    try {
      await().atMost(SOON).untilAsserted(() -> assertOpen(false));
      sleep("filter");
      sleep("raw");
      await().atMost(SOON).untilAsserted(() -> assertOpen(false));
      await().atMost(SOON).untilAsserted(() -> assertThat(status()).doesNotContain(SLEEPS));
    } finally {
      agent.destroyForcibly().waitFor();
    }
    sleep("filter");
    assertOpen(isNft());
  }

  @Test
  void rules_of_others_that_slept_before_us_sleep_on() {
    host.iptables("-A INPUT -p tcp -m tcp --dport 8081 -j REJECT");
    sleep("filter");
    var others = host.rulesOfOthers();

    var applied = apply();

    if (isNft()) {
      assertThat(applied.exit()).isNotZero();
      assertThat(applied.err()).contains(SLEEPS).contains("nft add table ip filter wakes it");
      assertThat(host.rulesOfAll()).doesNotContain("HFW-");
      assertOpen(true);
    } else {
      assertDone(applied);
      assertOpen(false);
    }
    assertThat(host.rulesOfOthers()).isEqualTo(others);
  }
}
