package io.hostfirewall.operator.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.api.v1alpha1.HostFirewallNodeState;
import io.hostfirewall.api.v1alpha1.HostFirewallRevision;
import io.hostfirewall.operator.Samples;
import io.hostfirewall.operator.agent.Agents;
import io.hostfirewall.operator.rollout.Fleet;
import io.hostfirewall.operator.rollout.Step;
import io.hostfirewall.operator.rollout.Target;
import io.hostfirewall.operator.select.RevisionChoice;
import io.hostfirewall.operator.select.RevisionChooser;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RolloutGateTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final RevisionChoice.Named OLD = choice(1);
  private static final RevisionChoice.Named NEW = choice(2);
  private static final Step GO = new Step.Go();

  private Instant now = Instant.EPOCH;
  private final RolloutGate gate = new RolloutGate(PATIENCE, () -> now);

  /** What the caches show: every node was told the old revision and runs it. */
  private final Map<String, HostFirewallNodeState> states =
      new LinkedHashMap<>(
          Map.of("a", confirmed("a", OLD), "b", confirmed("b", OLD), "c", confirmed("c", OLD)));

  @Test
  void who_was_let_go_is_waited_for_before_the_caches_show_it() {
    assertThat(ask("a")).isEqualTo(GO);

    assertThat(ask("b")).isEqualTo(new Step.Wait("a"));
  }

  @Test
  void all_follow_what_one_has_confirmed() {
    ask("a");
    ask("b");

    states.put("a", confirmed("a", NEW));

    assertThat(ask("b")).isEqualTo(GO);
    assertThat(ask("c")).isEqualTo(GO);
  }

  @Test
  void nobody_waits_longer_for_a_silent_node_than_patience_lasts() {
    ask("a");
    states.put("a", told("a", NEW));
    assertThat(ask("b")).isEqualTo(new Step.Wait("a"));

    pass(PATIENCE.minusMillis(1));
    assertThat(ask("b")).isEqualTo(new Step.Wait("a"));

    pass(Duration.ofMillis(1));
    assertThat(ask("b")).isEqualTo(GO);
  }

  @Test
  void the_time_of_a_node_begins_when_it_is_told_not_when_others_began_to_wait() {
    assertThat(ask("b")).isEqualTo(new Step.Wait("a"));

    pass(PATIENCE.minusSeconds(1));
    assertThat(ask("a")).isEqualTo(GO);
    pass(Duration.ofSeconds(2));

    assertThat(ask("b")).isEqualTo(new Step.Wait("a"));
  }

  @Test
  void a_node_that_could_not_be_told_may_be_told_again() {
    assertThat(ask("a")).isEqualTo(GO);

    gate.failed("a");

    assertThat(ask("a")).isEqualTo(GO);
    assertThat(ask("b")).isEqualTo(new Step.Wait("a"));
  }

  @Test
  void who_waits_asks_again_when_the_time_of_the_other_is_over() {
    ask("a");
    ask("b");
    pass(Duration.ofSeconds(45));

    assertThat(gate.left("b")).isBetween(Duration.ofSeconds(15), Duration.ofSeconds(16));
    pass(gate.left("b"));
    assertThat(ask("b")).isEqualTo(GO);
  }

  @Test
  void who_waits_is_known_by_whom_it_waits_for_until_it_goes_on() {
    ask("a");
    ask("b");
    ask("c");
    assertThat(gate.waitingFor("a")).containsExactlyInAnyOrder("b", "c");
    assertThat(gate.waitingFor("b")).isEmpty();

    gate.goesOn("b");
    states.put("a", confirmed("a", NEW));
    ask("c");

    assertThat(gate.waitingFor("a")).isEmpty();
  }

  @Test
  void a_node_that_the_caches_do_not_show_yet_waits_for_itself() {
    assertThat(ask("unknown")).isEqualTo(new Step.Wait("unknown"));
  }

  private Step ask(String node) {
    return gate.ask(node, Target.of(NEW), this::fleet);
  }

  private void pass(Duration time) {
    now = now.plus(time);
  }

  private Fleet fleet() {
    return Fleet.of(
        List.of("a", "b", "c").stream().map(name -> Samples.view(name, "web")).toList(),
        states.values(),
        List.of(revision(OLD, 1), revision(NEW, 2)),
        List.of(Samples.inRevision(Samples.validPolicy("p", 2, "web"))),
        new RevisionChooser(),
        Agents.unwatched());
  }

  private static HostFirewallRevision revision(RevisionChoice.Named choice, long generation) {
    return Samples.revision(choice.name(), Samples.validPolicy("p", generation, "web"));
  }

  private static RevisionChoice.Named choice(long generation) {
    var policy = Samples.inRevision(Samples.validPolicy("p", generation, "web"));
    return (RevisionChoice.Named) RevisionChoice.of(List.of(policy));
  }

  private static HostFirewallNodeState confirmed(String node, RevisionChoice.Named choice) {
    var status = "{observedGeneration: 4, state: Applied, revision: %s}".formatted(choice.name());
    return Samples.state(node, choice.name(), status);
  }

  private static HostFirewallNodeState told(String node, RevisionChoice.Named choice) {
    var status = "{observedGeneration: 3, state: Applied, revision: %s}".formatted(OLD.name());
    return Samples.state(node, choice.name(), status);
  }
}
