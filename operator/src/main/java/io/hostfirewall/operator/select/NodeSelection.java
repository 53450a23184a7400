package io.hostfirewall.operator.select;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a policy selects a node, as Kubernetes matches a label selector: all of
 * matchLabels and all of matchExpressions hold, and an empty selector picks every node.
 */
public final class NodeSelection {

  private NodeSelection() {}

  /** Whether the policy is for this node. Only Linux nodes are ever selected. */
  public static boolean selects(HostFirewallPolicySpec spec, NodeView node) {
    return node.linux() && matches(spec.nodeSelector(), node.labels());
  }

  /** Those of the policies that are for this node. */
  public static List<RevisionPolicy> on(NodeView node, List<RevisionPolicy> policies) {
    return policies.stream().filter(policy -> selects(policy.spec(), node)).toList();
  }

  /** Whether a selector picks a node with these labels. */
  public static boolean matches(@Nullable LabelSelector selector, Map<String, String> labels) {
    if (selector == null) {
      return false;
    }
    return matchLabels(selector).entrySet().stream()
            .allMatch(wanted -> wanted.getValue().equals(labels.get(wanted.getKey())))
        && matchExpressions(selector).stream().allMatch(wanted -> holds(wanted, labels));
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
