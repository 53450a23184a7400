package io.hostfirewall.agent.loop;

import io.hostfirewall.agent.cluster.Cluster;
import io.hostfirewall.agent.cluster.NodeState;
import io.hostfirewall.agent.node.NodeObserver;
import io.hostfirewall.agent.transaction.Wanted;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateSpec;
import io.hostfirewall.api.v1alpha1.HostFirewallRevisionSpec;
import io.hostfirewall.api.v1alpha1.NodeDescription;
import io.hostfirewall.ruleset.check.NamedSets;
import io.hostfirewall.ruleset.check.PolicyCheck;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.compile.SetNames;
import io.hostfirewall.ruleset.compile.Untracking;
import io.hostfirewall.ruleset.merge.PolicyMerge;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Decides what the node shall enforce, from what the cluster told and what the node shows. */
final class Planner {

  private static final System.Logger LOG = System.getLogger(Planner.class.getName());

  private final Cluster cluster;
  private final Revisions revisions;
  private final NodeObserver node;
  private final List<Family> families;

  /** Contents of sets that are gone from the cluster, as they were enforced before. */
  private final Map<String, List<Cidr>> lastEnforced = new HashMap<>();

  private @Nullable Basis lastBasis;
  private @Nullable Inputs lastInputs;
  private @Nullable Plan lastPlan;

  /**
   * What was told and seen. Each part is made anew when it changes: where all are the objects of
   * before, the plan is the one before.
   */
  private record Basis(
      NodeState state,
      @Nullable Map<String, List<Cidr>> sets,
      NodeObserver.Sight seen,
      Untracking untracking) {

    @SuppressWarnings("ReferenceEquality") // Comparing what they hold takes long.
    boolean isThatOf(@Nullable Basis before) {
      return before != null
          && state == before.state
          && sets == before.sets
          && seen.links() == before.seen.links()
          && seen.sshPorts().equals(before.seen.sshPorts())
          && untracking == before.untracking;
    }
  }

  /** All that a plan depends on. */
  private record Inputs(
      String revision,
      HostFirewallRevisionSpec content,
      NodeFacts facts,
      Map<String, List<Cidr>> sets) {}

  Planner(Cluster cluster, Revisions revisions, NodeObserver node, List<Family> families) {
    this.cluster = cluster;
    this.revisions = revisions;
    this.node = node;
    this.families = List.copyOf(families);
  }

  /**
   * Decides.
   *
   * @param enforced what is in force now
   * @param untracking whether SSH of administrators is kept out of the table of connections
   */
  Plan plan(Optional<Wanted> enforced, Untracking untracking) {
    var state = cluster.nodeState();
    if (state.isEmpty()) {
      return new Plan.Wait("no HostFirewallNodeState of this node was read yet");
    }
    HostFirewallNodeStateSpec spec = state.get().spec();
    if (spec == null || spec.revision() == null) {
      return new Plan.Keep("the HostFirewallNodeState of this node names no revision");
    }
    if (spec.revision().isEmpty()) {
      return new Plan.Enforce(Wanted.nothing());
    }
    if (spec.node() == null || spec.node().addresses() == null || spec.node().podCIDRs() == null) {
      return new Plan.Keep("the HostFirewallNodeState of this node does not describe the node");
    }
    var sets = cluster.addressSets().orElse(null);
    var basis = new Basis(state.get(), sets, node.look(), untracking);
    if (lastPlan != null && basis.isThatOf(lastBasis)) {
      return lastPlan;
    }
    lastBasis = null;
    try {
      return plan(spec.revision(), spec.node(), basis, enforced);
    } catch (IllegalArgumentException e) {
      return makesNoSense(spec.revision(), e.getMessage());
    } catch (RuntimeException e) {
      // An API server may leave out what its schema requires.
      LOG.log(System.Logger.Level.ERROR, "a revision cannot be planned", e);
      return makesNoSense(spec.revision(), e.toString());
    }
  }

  private static Plan makesNoSense(String revision, @Nullable String why) {
    return new Plan.Keep("revision " + revision + " makes no sense: " + why);
  }

  private Plan plan(
      String revision, NodeDescription description, Basis basis, Optional<Wanted> enforced) {
    var known = basis.sets();
    if (known == null) {
      return new Plan.Wait("no address set was read yet");
    }
    var sets = new TreeMap<String, List<Cidr>>();
    // Without them nothing is loaded: a node that does not know its cluster would cut it off.
    for (var name : SetNames.OF_THE_CLUSTER) {
      var networks = known.get(name);
      if (networks == null) {
        return new Plan.Wait("address set " + name + " does not exist yet");
      }
      sets.put(name, networks);
    }
    if (!isNamed(description, sets.getOrDefault(SetNames.CLUSTER_NODES, List.of()))) {
      return new Plan.Wait("this node does not stand in address set cluster-nodes yet");
    }
    var content = revisions.content(revision);
    if (content.isEmpty()) {
      var problem = revisions.problem();
      return new Plan.Wait(problem.isEmpty() ? "revision " + revision + " is being read" : problem);
    }
    lastEnforced.keySet().retainAll(named(content.get()));
    for (var policy : content.get().policies()) {
      for (var name : NamedSets.of(policy.spec())) {
        var networks = networks(name, known, enforced);
        if (networks.isEmpty()) {
          return new Plan.Wait(
              "address set %s, which policy %s names, does not exist"
                  .formatted(name, policy.name()));
        }
        sets.put(name, networks.get());
      }
    }
    return compile(revision, content.get(), description, sets, basis);
  }

  private static Set<String> named(HostFirewallRevisionSpec content) {
    return content.policies().stream()
        .flatMap(policy -> NamedSets.of(policy.spec()).stream())
        .collect(Collectors.toSet());
  }

  /** A set that was deleted while rules name it keeps what it held, whoever saw it last. */
  private Optional<List<Cidr>> networks(
      String name, Map<String, List<Cidr>> known, Optional<Wanted> enforced) {
    var networks = known.get(name);
    if (networks != null) {
      lastEnforced.remove(name);
      return Optional.of(networks);
    }
    if (!lastEnforced.containsKey(name)) {
      enforced.flatMap(wanted -> wanted.addressSet(name)).ifPresent(n -> lastEnforced.put(name, n));
    }
    return Optional.ofNullable(lastEnforced.get(name));
  }

  static boolean isNamed(NodeDescription description, List<Cidr> nodes) {
    return description.addresses().stream()
        .anyMatch(
            address -> nodes.stream().anyMatch(network -> address.equals(network.setEntry())));
  }

  private Plan compile(
      String revision,
      HostFirewallRevisionSpec content,
      NodeDescription description,
      Map<String, List<Cidr>> sets,
      Basis basis) {
    var pods = sets.getOrDefault(SetNames.CLUSTER_PODS, List.of());
    var facts = node.inCluster(basis.seen(), description, pods, basis.untracking());
    var inputs = new Inputs(revision, content, facts, sets);
    if (lastPlan == null || !inputs.equals(lastInputs)) {
      lastPlan = compile(inputs);
      lastInputs = inputs;
    }
    lastBasis = basis;
    return lastPlan;
  }

  private Plan compile(Inputs inputs) {
    for (var policy : inputs.content().policies()) {
      var problems = PolicyCheck.check(policy.spec());
      if (!problems.isEmpty()) {
        return new Plan.Keep("policy " + policy.name() + ": " + problems.getFirst());
      }
    }
    return new Plan.Enforce(
        Wanted.of(
            PolicyMerge.merge(inputs.content().policies()),
            inputs.facts(),
            inputs.sets(),
            families,
            inputs.revision()));
  }
}
