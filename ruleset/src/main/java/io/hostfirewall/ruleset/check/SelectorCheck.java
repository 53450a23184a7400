package io.hostfirewall.ruleset.check;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says what is wrong with a selector, as an API server does or cannot. */
final class SelectorCheck {

  private static final List<String> OPERATORS = List.of("In", "NotIn", "Exists", "DoesNotExist");

  private SelectorCheck() {}

  static void check(Findings at, @Nullable LabelSelector selector) {
    if (selector == null) {
      return;
    }
    if (selector.getMatchLabels() != null) {
      var labels = at.at("matchLabels");
      selector
          .getMatchLabels()
          .forEach(
              (key, value) -> {
                key(labels.at(key), key);
                value(labels.at(key), value);
              });
    }
    var expressions = selector.getMatchExpressions();
    for (var i = 0; expressions != null && i < expressions.size(); i++) {
      check(at.at("matchExpressions", i), expressions.get(i));
    }
  }

  private static void check(Findings at, LabelSelectorRequirement expression) {
    if (at.require("key", expression.getKey(), "Write the name of a label")) {
      key(at.at("key"), expression.getKey());
    }
    var values = expression.getValues() == null ? List.<String>of() : expression.getValues();
    switch (expression.getOperator()) {
      case "In", "NotIn" -> {
        if (values.isEmpty()) {
          at.add("values", "must name at least one value");
        }
      }
      case "Exists", "DoesNotExist" -> {
        if (!values.isEmpty()) {
          at.add("values", "must be absent with " + expression.getOperator());
        }
      }
      case null -> at.add("operator", "is required. Write In, NotIn, Exists or DoesNotExist");
      default ->
          at.addWhole(
              "operator",
              "\"%s\" is none of %s.%s"
                  .formatted(
                      expression.getOperator(),
                      String.join(", ", OPERATORS),
                      Spelling.hint(expression.getOperator(), OPERATORS)));
    }
    for (var i = 0; i < values.size(); i++) {
      value(at.at("values", i), values.get(i));
    }
  }

  private static void key(Findings at, String key) {
    LabelWords.mistakeInName(key).ifPresent(at::add);
  }

  private static void value(Findings at, @Nullable String value) {
    LabelWords.mistakeInValue(String.valueOf(value)).ifPresent(at::add);
  }
}
