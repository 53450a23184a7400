package io.hostfirewall.operator.select;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.operator.Samples;
import org.junit.jupiter.api.Test;

class NodeSelectionTest {

  @Test
  void a_node_of_another_system_is_never_selected() {
    var spec = Samples.validPolicy("p", 1, "web").getSpec();
    var windows = Samples.node("w", "web", "10.99.0.9");
    windows.getMetadata().getLabels().put("kubernetes.io/os", "windows");
    var unlabelled = Samples.node("l", "web", "10.99.0.8");
    unlabelled.getMetadata().getLabels().remove("kubernetes.io/os");

    assertThat(NodeSelection.selects(spec, NodeView.of(windows))).isFalse();
    assertThat(NodeSelection.selects(spec, NodeView.of(unlabelled))).isTrue();
  }
}
