package io.hostfirewall.operator.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

class AgentsTest {

  @Test
  void a_node_is_silent_unless_an_agent_on_it_is_ready() {
    var agents = Agents.of(List.of(pod("n1", "True"), pod("n2", "False"), pod(null, "False")));

    assertThat(agents.silentOn("n1")).isFalse();
    assertThat(agents.silentOn("n2")).isTrue();
    assertThat(agents.silentOn("n3")).isTrue();
  }

  @Test
  void an_agent_that_is_being_deleted_does_not_count() {
    var leaving =
        new PodBuilder(pod("n1", "True"))
            .editMetadata()
            .withDeletionTimestamp("2026-01-01T12:00:00Z")
            .endMetadata()
            .build();

    assertThat(Agents.of(List.of(leaving)).silentOn("n1")).isTrue();
    assertThat(Agents.changed(pod("n1", "True"), leaving)).isTrue();
  }

  @Test
  void agents_of_somebody_else_are_not_missed() {
    assertThat(Agents.unwatched().silentOn("n1")).isFalse();
  }

  private static Pod pod(String node, String ready) {
    return new PodBuilder()
        .withNewMetadata()
        .endMetadata()
        .withNewSpec()
        .withNodeName(node)
        .endSpec()
        .withNewStatus()
        .addNewCondition()
        .withType("Ready")
        .withStatus(ready)
        .endCondition()
        .endStatus()
        .build();
  }
}
