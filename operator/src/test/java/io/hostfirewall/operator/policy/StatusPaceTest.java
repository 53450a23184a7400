package io.hostfirewall.operator.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.api.v1alpha1.HostFirewallPolicy;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicyStatus;
import io.hostfirewall.api.v1alpha1.NodeCounts;
import io.hostfirewall.operator.Samples;
import io.hostfirewall.operator.select.PolicyVerdict;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StatusPaceTest {

  private static final Instant START = Instant.parse("2026-01-01T12:00:00Z");
  private static final HostFirewallPolicy POLICY = Samples.validPolicy("web", 1, "web");
  private static final PolicyVerdict VERDICT = PolicyVerdict.of(POLICY, List.of(), Set.of());

  private final MovingClock clock = new MovingClock();
  private final StatusPace pace = new StatusPace(clock);

  @Test
  void counts_alone_wait_for_their_turn() {
    writes("p", null, pending(1));

    clock.pass(Duration.ofSeconds(2));
    assertThat(pace.delay("p", pending(1), pending(2))).isEqualTo(Duration.ofSeconds(3));

    clock.pass(Duration.ofSeconds(3));
    assertThat(pace.delay("p", pending(1), pending(2))).isZero();
  }

  @Test
  void a_condition_that_changed_goes_out_at_once() {
    writes("p", null, pending(1));
    assertThat(pace.delay("p", pending(1), applied(1))).isZero();
  }

  @Test
  void policies_do_not_wait_for_each_other() {
    writes("p", null, pending(1));
    assertThat(pace.delay("q", pending(1), pending(2))).isZero();
  }

  @Test
  void a_rollout_over_thousands_of_nodes_is_a_write_every_five_seconds() {
    int writes = 0;
    var before = pending(5000);
    for (int left = 4999; left > 0; left--) {
      clock.pass(Duration.ofMillis(50));
      var now = pending(left);
      if (pace.delay("p", before, now).isZero()) {
        pace.wrote("p", Duration.ofMillis(20));
        writes++;
        before = now;
      }
    }

    assertThat(writes).isBetween(45, 51);
  }

  @Test
  void after_a_dear_write_even_news_waits() {
    writes("p", null, pending(1));
    pace.wrote("p", Duration.ofSeconds(2));

    assertThat(pace.delay("p", pending(1), applied(1))).isEqualTo(Duration.ofSeconds(8));
    assertThat(pace.delay("p", pending(1), pending(2))).isEqualTo(Duration.ofSeconds(8));

    clock.pass(Duration.ofSeconds(8));
    assertThat(pace.delay("p", pending(1), applied(1))).isZero();
  }

  private void writes(
      String uid, @Nullable HostFirewallPolicyStatus before, HostFirewallPolicyStatus now) {
    assertThat(pace.delay(uid, before, now)).isZero();
    pace.wrote(uid, Duration.ofMillis(20));
  }

  private static HostFirewallPolicyStatus pending(int nodes) {
    return status(new NodeCounts(nodes, nodes, 0, 0, nodes, 0));
  }

  private static HostFirewallPolicyStatus applied(int nodes) {
    return status(new NodeCounts(nodes, nodes, nodes, 0, 0, 0));
  }

  private static HostFirewallPolicyStatus status(NodeCounts counts) {
    return PolicyStatuses.of(
        POLICY,
        VERDICT,
        new NodeTally(counts, List.of(), false, 0, null, null, "hfr-1"),
        Optional.empty(),
        START);
  }

  /** A clock that goes when it is told to. */
  private static final class MovingClock extends Clock {

    private Instant now = START;

    void pass(Duration time) {
      now = now.plus(time);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
