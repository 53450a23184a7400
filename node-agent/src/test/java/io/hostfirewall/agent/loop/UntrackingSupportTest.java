package io.hostfirewall.agent.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.ruleset.compile.Untracking;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class UntrackingSupportTest {

  private static final String REFUSED =
      "iptables-nft-restore: Extension CT revision 0 not supported, missing kernel module?";

  private final UntrackingSupport support = new UntrackingSupport();
  private Instant now = Instant.EPOCH;

  private Untracking of(boolean exhausted) {
    return support.of(exhausted, now);
  }

  @Test
  void it_is_taken_for_possible_until_the_kernel_refuses_it() {
    assertThat(of(false)).isEqualTo(Untracking.READY);
    assertThat(of(true)).isEqualTo(Untracking.NEEDED);
    assertThat(support.refuses("no space left", now)).isFalse();
    assertThat(of(true)).isEqualTo(Untracking.NEEDED);

    assertThat(support.refuses(REFUSED, now)).isTrue();

    assertThat(of(true)).isEqualTo(Untracking.IMPOSSIBLE);
    assertThat(support.refusal()).isNotEmpty();
    assertThat(support.refuses(REFUSED, now)).as("it was not asked for").isFalse();
  }

  @Test
  void it_is_tried_again_after_an_hour() {
    assertThat(support.refuses(REFUSED, now)).isTrue();
    now = now.plus(Duration.ofMinutes(59));
    assertThat(of(false)).isEqualTo(Untracking.IMPOSSIBLE);
    now = now.plus(Duration.ofMinutes(1));
    assertThat(of(false)).isEqualTo(Untracking.READY);
  }

  @Test
  void it_is_tried_again_when_it_becomes_needed() {
    assertThat(support.refuses(REFUSED, now)).isTrue();
    assertThat(of(false)).isEqualTo(Untracking.IMPOSSIBLE);
    assertThat(of(true)).isEqualTo(Untracking.NEEDED);
    assertThat(support.refuses(REFUSED, now)).isTrue();
    assertThat(of(true)).isEqualTo(Untracking.IMPOSSIBLE);
    assertThat(of(false)).isEqualTo(Untracking.IMPOSSIBLE);
  }

  @Test
  void an_agent_that_is_switched_off_forgets() {
    assertThat(support.refuses(REFUSED, now)).isTrue();
    support.forget();
    assertThat(of(false)).isEqualTo(Untracking.READY);
    assertThat(support.refusal()).isEmpty();
  }
}
