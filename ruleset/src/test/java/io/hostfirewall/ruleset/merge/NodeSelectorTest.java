package io.hostfirewall.ruleset.merge;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeSelectorTest {

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
    assertThat(NodeSelector.picks(expression(operator, key, values), LABELS)).isEqualTo(selected);
  }

  @Test
  void labels_and_expressions_must_all_hold() {
    var both =
        new LabelSelectorBuilder(expression("In", "zone", "a|b"))
            .addToMatchLabels("role", "web")
            .build();

    assertThat(NodeSelector.picks(both, LABELS)).isTrue();
    assertThat(NodeSelector.picks(both, Map.of("role", "web"))).isFalse();
    assertThat(NodeSelector.picks(both, Map.of("role", "db", "zone", "a"))).isFalse();
  }

  @Test
  void an_empty_selector_picks_every_node_and_an_absent_one_none() {
    assertThat(NodeSelector.picks(new LabelSelector(), Map.of())).isTrue();
    assertThat(NodeSelector.picks(null, Map.of())).isFalse();
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
