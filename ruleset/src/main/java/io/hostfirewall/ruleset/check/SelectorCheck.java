package io.hostfirewall.ruleset.check;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Says what is wrong with a selector, as an API server does or cannot. */
final class SelectorCheck {

  private static final List<String> OPERATORS = List.of("In", "NotIn", "Exists", "DoesNotExist");

  /** Kubernetes' rules for labels: 63 characters, before a name a domain and a slash. */
  private static final Pattern VALUE =
      Pattern.compile("(([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9])?");

  private static final Pattern KEY =
      Pattern.compile("([a-z0-9][-a-z0-9.]{0,252}/)?([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]");

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
    if (!KEY.matcher(key).matches()) {
      at.add(
          "\"%s\" is no name of a label. Write one such as node-role.kubernetes.io/worker"
              .formatted(key));
    }
  }

  private static void value(Findings at, @Nullable String value) {
    if (value == null || !VALUE.matcher(value).matches()) {
      at.add(
          "\"%s\" is no value of a label: at most 63 letters, digits, -, _ and . with a letter or digit first and last"
              .formatted(value));
    }
  }
}
