package io.hostfirewall.ruleset.merge;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
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

  @ParameterizedTest
  @CsvSource({
    "In, web|db, In, web, true",
    "In, web, In, web|db, false",
    "Exists, '', In, web, true",
    "Exists, '', Exists, '', true",
    "Exists, '', NotIn, web, false",
    "NotIn, db, In, web, true",
    "NotIn, db, NotIn, db|web, true",
    "NotIn, db|web, NotIn, db, false",
    "NotIn, db, DoesNotExist, '', true",
    "DoesNotExist, '', DoesNotExist, '', true",
    "DoesNotExist, '', NotIn, web, false",
  })
  void one_selector_may_pick_whatever_another_picks(
      String wide, String wideValues, String narrow, String narrowValues, boolean covers) {
    assertThat(
            NodeSelector.covers(
                expression(wide, "role", wideValues), expression(narrow, "role", narrowValues)))
        .isEqualTo(covers);
    assertThat(
            NodeSelector.covers(
                expression(wide, "zone", wideValues), expression(narrow, "role", narrowValues)))
        .isFalse();
    assertThat(NodeSelector.covers(new LabelSelector(), expression(narrow, "role", narrowValues)))
        .isTrue();
  }

  @Provide
  Arbitrary<LabelSelector> selectors() {
    var expressions =
        Combinators.combine(
                Arbitraries.of("In", "NotIn", "Exists", "DoesNotExist"),
                Arbitraries.of("role", "zone"),
                Arbitraries.of("a", "b", "a|b", "b|c"))
            .as(
                (operator, key, values) ->
                    expression(operator, key, operator.endsWith("In") ? values : ""));
    return expressions
        .list()
        .ofMaxSize(3)
        .map(
            list ->
                new LabelSelectorBuilder()
                    .addAllToMatchExpressions(
                        list.stream().flatMap(one -> one.getMatchExpressions().stream()).toList())
                    .build());
  }

  @Property(tries = 2000)
  void what_covers_a_selector_picks_its_nodes(
      @ForAll("selectors") LabelSelector wide, @ForAll("selectors") LabelSelector narrow) {
    for (var role : List.of("", "a", "b", "c")) {
      for (var zone : List.of("", "a", "b", "c")) {
        var labels = new HashMap<>(Map.of("role", role, "zone", zone));
        labels.values().removeIf(String::isEmpty);
        if (NodeSelector.covers(wide, narrow) && NodeSelector.picks(narrow, labels)) {
          assertThat(NodeSelector.picks(wide, labels)).isTrue();
        }
      }
    }
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
