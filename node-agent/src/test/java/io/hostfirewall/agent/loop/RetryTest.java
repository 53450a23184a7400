package io.hostfirewall.agent.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.agent.transaction.Wanted;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.IpSet;
import io.hostfirewall.ruleset.model.RuleSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetryTest {

  private static Wanted wanted(String revision, String node) {
    var nodes =
        new IpSet(
            "hfw4-a-x", IpSet.Type.NETWORKS, Family.IPV4, List.of(Cidr.parse(node).setEntry()));
    var rules = new RuleSet(Family.IPV4, List.of(), List.of());
    return new Wanted(
        List.of(rules), List.of(nodes), List.of(), NodeFacts.Door.NONE, false, revision);
  }

  private static final Wanted BAD = wanted("hfr-bad", "192.0.2.1/32");

  /** How long each of many failures in a row makes it wait, in seconds. */
  private static List<Long> pauses(Retry retry, int failures) {
    var now = Instant.EPOCH;
    var pauses = new ArrayList<Long>();
    for (var i = 0; i < failures; i++) {
      retry.failed(BAD, now);
      var seconds = 0L;
      while (!retry.isDue(BAD, now)) {
        now = now.plusSeconds(1);
        seconds++;
      }
      pauses.add(seconds);
    }
    return pauses;
  }

  @Test
  void what_fails_again_and_again_is_tried_ever_later_and_for_ever() {
    assertThat(pauses(new Retry(() -> 0.5), 10))
        .containsExactly(5L, 10L, 20L, 40L, 80L, 160L, 300L, 300L, 300L, 300L);
  }

  @Test
  void nodes_that_failed_together_do_not_try_again_together() {
    assertThat(pauses(new Retry(() -> 0), 5)).containsExactly(4L, 8L, 16L, 32L, 64L);
    assertThat(pauses(new Retry(() -> 1), 5)).containsExactly(6L, 12L, 24L, 48L, 96L);
  }

  @Test
  void other_rules_are_tried_at_once_and_a_pod_that_comes_changes_no_rules() {
    var retry = new Retry(() -> 0.5);
    retry.failed(BAD, Instant.EPOCH);

    assertThat(retry.isDue(wanted("hfr-good", "192.0.2.1/32"), Instant.EPOCH)).isTrue();
    assertThat(retry.isDue(wanted("hfr-bad", "192.0.2.2/32"), Instant.EPOCH)).isFalse();

    retry.done();
    assertThat(retry.isDue(BAD, Instant.EPOCH)).isTrue();
    retry.failed(BAD, Instant.EPOCH);
    assertThat(retry.isDue(BAD, Instant.EPOCH.plus(Duration.ofSeconds(5)))).isTrue();
  }
}
