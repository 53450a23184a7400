package io.hostfirewall.operator.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.hostfirewall.api.v1alpha1.FailedNode;
import io.hostfirewall.operator.Samples;
import io.hostfirewall.operator.policy.NodeProgress.Phase;
import io.hostfirewall.operator.select.NodeView;
import io.hostfirewall.operator.select.RevisionChoice;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeProgressTest {

  private static final NodeView NODE = Samples.view("n1", "web");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{observedGeneration: 4, state: Applied, revision: hfr-1} | APPLIED",
        "{observedGeneration: 4, state: Applied, revision: hfr-0} | PENDING",
        "{observedGeneration: 4, state: Trial, revision: hfr-0} | PENDING",
        "{observedGeneration: 4, state: Pending} | PENDING",
        "{observedGeneration: -1} | PENDING",
        "{observedGeneration: 4, state: Failed, message: no} | FAILED",
        "{observedGeneration: 4, state: RolledBack, message: no} | FAILED",
        "{observedGeneration: 4, state: Drifted, message: no} | FAILED",
        "{observedGeneration: 3, state: Failed, message: no} | PENDING",
        "{observedGeneration: 3, state: Applied, revision: hfr-1} | PENDING",
      })
  void a_node_stands_where_its_agent_last_saw_it(String status, Phase phase) {
    var progress =
        NodeProgress.of(
            NODE, false, Samples.state("n1", "hfr-1", status), true, null, Optional.empty());

    assertThat(progress.phase()).isEqualTo(phase);
    assertThat(progress.failure() != null).isEqualTo(phase == Phase.FAILED);
  }

  @Test
  void a_node_that_runs_another_spec_is_pending_whatever_it_says() {
    var state = Samples.state("n1", "hfr-1", "{state: Applied, revision: hfr-1}");

    assertThat(NodeProgress.of(NODE, false, state, false, null, Optional.empty()).phase())
        .isEqualTo(Phase.PENDING);
    assertThat(NodeProgress.of(NODE, false, null, false, null, Optional.empty()).phase())
        .isEqualTo(Phase.PENDING);
  }

  @Test
  void a_node_that_is_not_ready_is_unknown_even_if_it_said_applied() {
    var notReady =
        NodeView.of(
            new NodeBuilder(Samples.node("n1", "web", "10.99.0.11"))
                .editStatus()
                .addNewCondition()
                .withType("Ready")
                .withStatus("Unknown")
                .endCondition()
                .endStatus()
                .build());
    var state = Samples.state("n1", "hfr-1", "{state: Applied, revision: hfr-1}");

    assertThat(NodeProgress.of(notReady, false, state, true, null, Optional.empty()).phase())
        .isEqualTo(Phase.UNKNOWN);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{observedGeneration: 4, state: Applied, revision: hfr-1} | UNKNOWN",
        "{observedGeneration: 4, state: Trial, revision: hfr-0} | UNKNOWN",
        "{observedGeneration: -1} | UNKNOWN",
        "{observedGeneration: 4, state: RolledBack, message: no} | FAILED",
      })
  void a_node_whose_agent_is_not_ready_is_unknown_unless_it_failed(String status, Phase phase) {
    var progress =
        NodeProgress.of(
            NODE, true, Samples.state("n1", "hfr-1", status), true, null, Optional.empty());

    assertThat(progress.phase()).isEqualTo(phase);
  }

  @Test
  void a_node_whose_policies_do_not_fit_has_failed_and_says_why() {
    var progress =
        NodeProgress.of(
            NODE, false, null, false, new RevisionChoice.TooLarge("too much"), Optional.empty());

    assertThat(progress.failure()).isNotNull();
    assertThat(progress.failure().reason()).isEqualTo("TooLarge");
    assertThat(progress.failure().message()).isEqualTo("too much");
  }

  @Test
  void a_node_that_is_not_told_because_another_one_failed_is_stopped_by_that() {
    var failure = new FailedNode("n0", "RolledBack", "no");
    var state = Samples.state("n1", "hfr-0", "{observedGeneration: 4, state: Applied}");
    var stop = Optional.of(failure);

    assertThat(NodeProgress.of(NODE, false, state, false, null, stop))
        .isEqualTo(new NodeProgress(Phase.STOPPED, false, "hfr-0", failure));
    assertThat(NodeProgress.of(NODE, true, state, false, null, stop).phase())
        .isEqualTo(Phase.UNKNOWN);
  }

  @Test
  void what_a_node_cannot_enforce_of_what_it_applied_is_kept() {
    var status =
        "{observedGeneration: 4, state: Applied, revision: hfr-1, conditions: [{type: NotEnforceable, status: 'True', reason: ServicesBypassed, message: no NodePorts}]}";

    var progress =
        NodeProgress.of(
            NODE, false, Samples.state("n1", "hfr-1", status), true, null, Optional.empty());

    assertThat(progress.phase()).isEqualTo(Phase.APPLIED);
    assertThat(progress.failure())
        .isEqualTo(new FailedNode("n1", "NotEnforceable", "no NodePorts"));
  }

  @Test
  void a_long_message_is_cut_to_what_the_schema_takes() {
    var status = "{observedGeneration: 4, state: Failed, message: %s}".formatted("x".repeat(256));

    var failure =
        NodeProgress.of(
                NODE, false, Samples.state("n1", "hfr-1", status), true, null, Optional.empty())
            .failure();

    assertThat(failure).isNotNull();
    assertThat(failure.message()).hasSize(128).endsWith("…");
  }
}
