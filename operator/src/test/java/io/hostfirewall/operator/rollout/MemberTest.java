package io.hostfirewall.operator.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.operator.Samples;
import io.hostfirewall.operator.select.NodeView;
import org.junit.jupiter.api.Test;

class MemberTest {

  private static final NodeView NODE = Samples.view("n1", "web");

  @Test
  void a_failure_is_told_by_the_agents_own_word() {
    var member = member("RolledBack", "WouldLockOut");

    assertThat(member.failure()).isNotNull();
    assertThat(member.failure().reason()).isEqualTo("WouldLockOut");
    assertThat(member.answering()).isTrue();
  }

  @Test
  void a_node_that_lacks_something_stops_nobody_and_is_not_asked_first() {
    var member = member("Failed", "NotEnforceable");

    assertThat(member.failure()).isNull();
    assertThat(member.answering()).isFalse();
  }

  @Test
  void what_was_said_of_an_earlier_spec_is_no_failure() {
    var state =
        Samples.state("n1", "hfr-1", "{observedGeneration: 3, state: Failed, revision: hfr-0}");

    assertThat(Member.of(NODE, true, state))
        .isEqualTo(new Member("n1", false, true, "hfr-1", "hfr-0", null));
  }

  private static Member member(String phase, String reason) {
    var status =
        "{observedGeneration: 4, state: %s, message: no, conditions: [{type: Ready, status: 'False', reason: %s}]}"
            .formatted(phase, reason);
    return Member.of(NODE, true, Samples.state("n1", "hfr-1", status));
  }
}
