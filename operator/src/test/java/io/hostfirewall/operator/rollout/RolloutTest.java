package io.hostfirewall.operator.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.api.v1alpha1.FailedNode;
import io.hostfirewall.operator.select.PolicyVersion;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RolloutTest {

  private static final Set<PolicyVersion> OLD = Set.of(new PolicyVersion("p", 1L));
  private static final Set<PolicyVersion> NEW = Set.of(new PolicyVersion("p", 2L));
  private static final Target TARGET = new Target("new", NEW);
  private static final Map<String, Set<PolicyVersion>> CONTENTS = Map.of("old", OLD, "new", NEW);
  private static final Step GO = new Step.Go();

  @Test
  void one_node_alone_goes_at_once_whether_or_not_it_answers() {
    assertThat(step(node("a", "old"), node("a", "old"))).isEqualTo(GO);
    assertThat(step(node("a", "old").notAnswering(), node("a", "old").notAnswering()))
        .isEqualTo(GO);
  }

  @Test
  void the_first_ever_is_tried_on_one_node_too() {
    assertThat(step(node("a", ""), node("a", ""), node("b", ""))).isEqualTo(GO);
    assertThat(step(node("b", ""), node("a", ""), node("b", ""))).isEqualTo(new Step.Wait("a"));
  }

  @Test
  void a_worker_is_before_a_control_plane_and_one_that_answers_before_both() {
    var controlPlane = new Member("a", true, true, "old", "old", null);
    var away = node("b", "old").notAnswering();
    var worker = node("c", "old");

    assertThat(step(controlPlane, controlPlane, away, worker)).isEqualTo(new Step.Wait("c"));
    assertThat(step(away, controlPlane, away, worker)).isEqualTo(new Step.Wait("c"));
    assertThat(step(worker, controlPlane, away, worker)).isEqualTo(GO);
    assertThat(step(controlPlane, controlPlane, away)).isEqualTo(GO);
  }

  @Test
  void one_that_is_behind_already_is_not_asked_first() {
    var behind = member("a", "old", "older", null);

    assertThat(step(node("b", "old"), behind, node("b", "old"))).isEqualTo(GO);
  }

  @Test
  void the_others_wait_for_the_first_and_follow_at_once_when_it_confirmed() {
    var trying = member("a", "new", "old", null);

    assertThat(step(node("b", "old"), trying, node("b", "old"))).isEqualTo(new Step.Wait("a"));
    assertThat(step(node("b", "old"), node("a", "new"), node("b", "old"))).isEqualTo(GO);
  }

  @Test
  void a_node_that_joins_gets_at_once_what_is_proven() {
    assertThat(step(node("c", ""), node("a", "new"), node("c", ""))).isEqualTo(GO);
  }

  @Test
  void a_failure_stops_the_others_until_the_content_changes() {
    var failure = new FailedNode("a", "RolledBack", "no");
    var failed = member("a", "new", "old", failure);

    assertThat(step(node("b", "old"), failed, node("b", "old")))
        .isEqualTo(new Step.Stopped(failure));

    var mended = new Target("newer", Set.of(new PolicyVersion("p", 3L)));
    assertThat(step(mended, node("b", "old"), failed, node("b", "old"))).isEqualTo(GO);
    assertThat(step(mended, failed, failed, node("b", "old"))).isEqualTo(new Step.Wait("b"));
  }

  @Test
  void the_same_news_in_another_revision_waits_and_stops_too() {
    var other = new Target("other", Set.of(new PolicyVersion("p", 2L), new PolicyVersion("q", 1L)));
    var failure = new FailedNode("a", "RolledBack", "no");

    assertThat(step(other, node("b", ""), member("a", "new", "old", null), node("b", "")))
        .isEqualTo(new Step.Wait("a"));
    assertThat(step(other, node("b", ""), member("a", "new", "old", failure), node("b", "")))
        .isEqualTo(new Step.Stopped(failure));
    assertThat(step(other, node("b", ""), node("a", "new"), node("b", ""))).isEqualTo(GO);
  }

  @Test
  void a_node_that_went_away_on_trial_holds_nobody() {
    var gone = member("a", "new", "old", null).notAnswering();

    assertThat(step(node("b", "old"), gone, node("b", "old"))).isEqualTo(GO);
  }

  private static Step step(Member me, Member... all) {
    return step(TARGET, me, all);
  }

  /** All nodes shall run the target but those that were told the new one already. */
  private static Step step(Target target, Member me, Member... all) {
    return new Rollout(List.of(all), CONTENTS)
        .step(
            me,
            target,
            other -> other.told().equals("new") ? Optional.empty() : Optional.of(target));
  }

  private static Member node(String name, String runs) {
    return member(name, runs, runs, null);
  }

  private static Member member(
      String name, String told, String confirmed, @Nullable FailedNode failure) {
    return new Member(name, false, true, told, confirmed, failure);
  }
}
