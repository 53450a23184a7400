package io.hostfirewall.agent.loop;

import io.hostfirewall.agent.cluster.Cluster;
import io.hostfirewall.agent.cluster.NodeState;
import io.hostfirewall.agent.node.NodeObserver;
import io.hostfirewall.agent.transaction.Transaction;
import io.hostfirewall.agent.transaction.Wanted;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateSpec;
import io.hostfirewall.api.v1alpha1.NodeDescription;
import io.hostfirewall.ruleset.compile.LiveSets;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.compile.SetNames;
import io.hostfirewall.ruleset.compile.Untracking;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.IpSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the live sets of the rules in force are to hold by now. Rules that no others can replace may
 * stand for long, while nodes and pods come and go.
 */
final class StandingSets {

  private static final System.Logger LOG = System.getLogger(StandingSets.class.getName());

  private final Cluster cluster;
  private final NodeObserver node;
  private final Transaction transaction;
  private final Account account;

  private @Nullable Basis lastBasis;
  private Wanted last = Wanted.nothing();

  /** What somebody objected to. */
  private @Nullable Wanted heldBack;

  /** What was told and seen, as in the planner, and which rules stand. */
  private record Basis(
      Wanted standing,
      NodeDescription description,
      Map<String, List<Cidr>> sets,
      NodeObserver.Sight seen) {

    @SuppressWarnings("ReferenceEquality") // Comparing what they hold takes long.
    boolean isThatOf(@Nullable Basis before) {
      return before != null
          && standing == before.standing
          && description == before.description
          && sets == before.sets
          && seen.links() == before.seen.links()
          && seen.sshPorts().equals(before.seen.sshPorts());
    }
  }

  StandingSets(Cluster cluster, NodeObserver node, Transaction transaction, Account account) {
    this.cluster = cluster;
    this.node = node;
    this.transaction = transaction;
    this.account = account;
  }

  /** Whether a set must not hold what it is to hold. */
  boolean isHeldBack() {
    return heldBack != null;
  }

  /** What was held back is no longer looked after here: what the node shall run stands. */
  void forget() {
    heldBack = null;
  }

  /**
   * The same rules with what their live sets may hold by now.
   *
   * @param look whether to ask again who objects to what was held back
   */
  Wanted next(Wanted standing, boolean look) {
    var current = current(standing);
    if (current.equals(heldBack) && !look) {
      return standing;
    }
    var admitted = transaction.admit(standing, current);
    heldBack = admitted.objection().isPresent() ? current : null;
    admitted.objection().ifPresent(account::heldBack);
    return admitted.wanted();
  }

  /**
   * What they are to hold. One of which nobody knows anything stays as it is, and all do while the
   * cluster does not tell of itself.
   */
  private Wanted current(Wanted standing) {
    var description =
        cluster.nodeState().map(NodeState::spec).map(HostFirewallNodeStateSpec::node).orElse(null);
    var sets = cluster.addressSets().orElse(null);
    if (description == null || sets == null) {
      return standing;
    }
    var basis = new Basis(standing, description, sets, node.look());
    if (!basis.isThatOf(lastBasis)) {
      last = current(basis);
      lastBasis = basis;
    }
    return last;
  }

  private Wanted current(Basis basis) {
    try {
      return tellsOfItself(basis) ? withCurrentSets(basis) : basis.standing();
    } catch (RuntimeException e) {
      LOG.log(
          System.Logger.Level.WARNING, "the sets in force stay: what is told makes no sense", e);
      return basis.standing();
    }
  }

  /** Without all of these a node would cut its cluster off. */
  private static boolean tellsOfItself(Basis basis) {
    var sets = basis.sets();
    return sets.keySet().containsAll(SetNames.OF_THE_CLUSTER)
        && Planner.isNamed(
            basis.description(), sets.getOrDefault(SetNames.CLUSTER_NODES, List.of()));
  }

  private Wanted withCurrentSets(Basis basis) {
    var standing = basis.standing();
    var pods = basis.sets().getOrDefault(SetNames.CLUSTER_PODS, List.of());
    // Who is spared the table of connections has nothing to do with what the cluster tells.
    var facts = node.inCluster(basis.seen(), basis.description(), pods, Untracking.IMPOSSIBLE);
    var current = current(standing, facts, basis.sets());
    return new Wanted(
        standing.rules(),
        standing.liveSets().stream()
            .map(set -> Optional.ofNullable(current.get(set.name())).orElse(set))
            .toList(),
        facts.apiServer().ports(),
        facts.ssh(),
        standing.lockoutAcknowledged(),
        standing.revision());
  }

  private static Map<String, IpSet> current(
      Wanted standing, NodeFacts facts, Map<String, List<Cidr>> told) {
    var standingNames = standing.liveSets().stream().map(IpSet::name).collect(Collectors.toSet());
    var sets = new TreeMap<>(told);
    sets.keySet()
        .removeIf(
            name ->
                Stream.of(Family.values())
                    .noneMatch(f -> standingNames.contains(SetNames.addressSet(f, name))));
    return standing.rules().stream()
        .flatMap(rules -> LiveSets.of(facts, sets, rules.family()).stream())
        .collect(Collectors.toMap(IpSet::name, Function.identity()));
  }
}
