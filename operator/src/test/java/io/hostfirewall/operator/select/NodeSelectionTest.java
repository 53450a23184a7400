package io.hostfirewall.operator.select;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.hostfirewall.operator.Samples;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeSelectionTest {

  private static final Map<String, String> LABELS = Map.of("role", "web", "zone", "a");

  @ParameterizedTest
  @CsvSource({
    "In,           role, web|db, true",
    "In,           role, db,     false",
    "In,           none, web,    false",
    "NotIn,        role, db,     true",
    "NotIn,        role, web|db, false",
    "NotIn,        none, web,    true",
    "Exists,       role, '',     true",
    "Exists,       none, '',     false",
    "DoesNotExist, role, '',     false",
    "DoesNotExist, none, '',     true",
    "Like,         role, web,    false",
  })
  void every_operator_decides_as_kubernetes_does(
      String operator, String key, String values, boolean selected) {
    assertThat(NodeSelection.matches(expression(operator, key, values), LABELS))
        .isEqualTo(selected);
  }

  @Test
  void labels_and_expressions_must_all_hold() {
    var both =
        new LabelSelectorBuilder(expression("In", "zone", "a|b"))
            .addToMatchLabels("role", "web")
            .build();

    assertThat(NodeSelection.matches(both, LABELS)).isTrue();
    assertThat(NodeSelection.matches(both, Map.of("role", "web"))).isFalse();
    assertThat(NodeSelection.matches(both, Map.of("role", "db", "zone", "a"))).isFalse();
  }

  @Test
  void an_empty_selector_picks_every_linux_node_and_an_absent_one_none() {
    assertThat(NodeSelection.matches(new LabelSelector(), Map.of())).isTrue();
    assertThat(NodeSelection.matches(null, Map.of())).isFalse();
  }

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

  private static LabelSelector expression(String operator, String key, String values) {
    return new LabelSelectorBuilder()
        .addNewMatchExpression()
        .withKey(key)
        .withOperator(operator)
        .withValues(values.isEmpty() ? List.of() : List.of(values.split("\\|", -1)))
        .endMatchExpression()
        .build();
  }
}
