package io.hostfirewall.ruleset.merge;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which nodes a label selector picks, as Kubernetes has it: all of matchLabels and all of
 * matchExpressions hold, and an empty selector picks every node.
 */
public final class NodeSelector {

  private NodeSelector() {}

  /** Whether a selector picks a node with these labels. */
  public static boolean picks(@Nullable LabelSelector selector, Map<String, String> labels) {
    if (selector == null) {
      return false;
    }
    return matchLabels(selector).entrySet().stream()
            .allMatch(wanted -> wanted.getValue().equals(labels.get(wanted.getKey())))
        && matchExpressions(selector).stream().allMatch(wanted -> holds(wanted, labels));
  }

  /**
   * Whether a selector certainly picks every node that another one picks. It may do so although
   * this says no.
   */
  public static boolean covers(@Nullable LabelSelector wide, @Nullable LabelSelector narrow) {
    if (wide == null || narrow == null) {
      return narrow == null;
    }
    var known = requirements(narrow);
    return requirements(wide).stream()
        .allMatch(wanted -> known.stream().anyMatch(given -> implies(given, wanted)));
  }

  private static List<LabelSelectorRequirement> requirements(LabelSelector selector) {
    return Stream.concat(
            matchLabels(selector).entrySet().stream()
                .map(
                    label ->
                        new LabelSelectorRequirement(
                            label.getKey(), "In", List.of(label.getValue()))),
            matchExpressions(selector).stream())
        .toList();
  }

  private static boolean implies(LabelSelectorRequirement given, LabelSelectorRequirement wanted) {
    if (!given.getKey().equals(wanted.getKey())) {
      return false;
    }
    var has = values(given);
    var wants = values(wanted);
    var is = given.getOperator();
    return switch (wanted.getOperator()) {
      case "In" -> is.equals("In") && wants.containsAll(has);
      case "Exists" -> is.equals("In") || is.equals("Exists");
      case "NotIn" ->
          (is.equals("In") && Collections.disjoint(has, wants))
              || (is.equals("NotIn") && has.containsAll(wants))
              || is.equals("DoesNotExist");
      case "DoesNotExist" -> is.equals("DoesNotExist");
      case null, default -> false;
    };
  }

  private static boolean holds(LabelSelectorRequirement wanted, Map<String, String> labels) {
    var value = labels.get(wanted.getKey());
    return switch (wanted.getOperator()) {
      case "In" -> value != null && values(wanted).contains(value);
      case "NotIn" -> value == null || !values(wanted).contains(value);
      case "Exists" -> value != null;
      case "DoesNotExist" -> value == null;
      case null, default -> false;
    };
  }

  private static Map<String, String> matchLabels(LabelSelector selector) {
    return selector.getMatchLabels() == null ? Map.of() : selector.getMatchLabels();
  }

  private static List<LabelSelectorRequirement> matchExpressions(LabelSelector selector) {
    return selector.getMatchExpressions() == null ? List.of() : selector.getMatchExpressions();
  }

  private static List<String> values(LabelSelectorRequirement requirement) {
    return requirement.getValues() == null ? List.of() : requirement.getValues();
  }
}
