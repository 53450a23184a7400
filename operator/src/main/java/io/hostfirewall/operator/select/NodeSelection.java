package io.hostfirewall.operator.select;

import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.merge.NodeSelector;
import java.util.List;

/** Decides whether a policy selects a node. */
public final class NodeSelection {

  private NodeSelection() {}

  /** Whether the policy is for this node. Only Linux nodes are ever selected. */
  public static boolean selects(HostFirewallPolicySpec spec, NodeView node) {
    return node.linux() && NodeSelector.picks(spec.nodeSelector(), node.labels());
  }

  /** Those of the policies that are for this node. */
  public static List<RevisionPolicy> on(NodeView node, List<RevisionPolicy> policies) {
    return policies.stream().filter(policy -> selects(policy.spec(), node)).toList();
  }
}
