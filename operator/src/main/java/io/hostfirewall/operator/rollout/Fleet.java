package io.hostfirewall.operator.rollout;

import static java.util.stream.Collectors.toMap;

import io.hostfirewall.api.v1alpha1.HostFirewallNodeState;
import io.hostfirewall.api.v1alpha1.HostFirewallRevision;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.operator.agent.Agents;
import io.hostfirewall.operator.select.NodeSelection;
import io.hostfirewall.operator.select.NodeView;
import io.hostfirewall.operator.select.PolicyVersion;
import io.hostfirewall.operator.select.RevisionChoice;
import io.hostfirewall.operator.select.RevisionChooser;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/**
 * The nodes of a cluster and what they shall run, as the caches show them at one moment.
 *
 * @param states by name of the node
 * @param inForce the policies in force
 */
public record Fleet(
    SequencedMap<String, NodeView> nodes,
    Map<String, HostFirewallNodeState> states,
    Collection<HostFirewallRevision> revisions,
    List<RevisionPolicy> inForce,
    RevisionChooser chooser,
    Agents agents) {

  public static Fleet of(
      Collection<NodeView> nodes,
      Collection<HostFirewallNodeState> states,
      Collection<HostFirewallRevision> revisions,
      List<RevisionPolicy> inForce,
      RevisionChooser chooser,
      Agents agents) {
    var byName = new LinkedHashMap<String, NodeView>();
    nodes.forEach(node -> byName.put(node.name(), node));
    return new Fleet(
        byName,
        states.stream().collect(toMap(state -> state.getMetadata().getName(), state -> state)),
        revisions,
        inForce,
        chooser,
        agents);
  }

  /** What the policies of a node come to. */
  public RevisionChoice choice(NodeView node) {
    return chooser.choose(NodeSelection.on(node, inForce));
  }

  /** The nodes on which something may be enforced. */
  public List<Member> members() {
    return nodes.values().stream()
        .filter(node -> node.linux() && !node.beingDeleted())
        .map(node -> Member.of(node, !agents.silentOn(node.name()), states.get(node.name())))
        .toList();
  }

  /** What each revision that exists is made of. */
  public Map<String, Set<PolicyVersion>> contents() {
    return revisions.stream()
        .collect(
            toMap(
                revision -> revision.getMetadata().getName(),
                revision -> PolicyVersion.in(revision.getSpec()),
                (one, same) -> one));
  }

  /** What a node shall run; empty if it was told that, or shall keep what it has. */
  public Optional<Target> wanted(Member member) {
    var node = nodes.get(member.name());
    return node != null
            && choice(node) instanceof RevisionChoice.Named named
            && !named.name().equals(member.told())
        ? Optional.of(Target.of(named))
        : Optional.empty();
  }
}
