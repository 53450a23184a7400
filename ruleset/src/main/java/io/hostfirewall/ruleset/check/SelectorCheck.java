package io.hostfirewall.ruleset.check;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says what is wrong with the expressions of a selector, which the schema cannot say. */
final class SelectorCheck {

  private SelectorCheck() {}

  static void check(Findings at, @Nullable LabelSelector selector) {
    if (selector == null || selector.getMatchExpressions() == null) {
      return;
    }
    var expressions = selector.getMatchExpressions();
    for (var i = 0; i < expressions.size(); i++) {
      check(at.at("matchExpressions", i), expressions.get(i));
    }
  }

  private static void check(Findings at, LabelSelectorRequirement expression) {
    at.require("key", expression.getKey(), "Write the name of a label");
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
      case null, default -> at.add("operator", "must be In, NotIn, Exists or DoesNotExist");
    }
  }
}
