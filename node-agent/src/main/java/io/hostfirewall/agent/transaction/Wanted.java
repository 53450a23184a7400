package io.hostfirewall.agent.transaction;

import io.hostfirewall.ruleset.compile.Compiler;
import io.hostfirewall.ruleset.compile.LiveSets;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.compile.SetNames;
import io.hostfirewall.ruleset.merge.EffectivePolicy;
import io.hostfirewall.ruleset.model.Chain;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.ContentHash;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.IpSet;
import io.hostfirewall.ruleset.model.PackedNetworks;
import io.hostfirewall.ruleset.model.RuleSet;
import io.hostfirewall.ruleset.model.Table;
import io.hostfirewall.ruleset.model.TableName;
import io.hostfirewall.ruleset.model.Verdict;
import io.hostfirewall.ruleset.render.Generation;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a node shall enforce.
 *
 * @param rules one rule set for each family of the node; none at all means nothing of ours
 * @param liveSets sets that change while the rules stay
 * @param apiServerPorts ports of this node's API server, whose users must not be locked out
 * @param ssh where administrators may come in whatever the policies say
 * @param lockoutAcknowledged whether these rules may refuse who is connected now
 * @param revision where the rules came from
 */
public record Wanted(
    List<RuleSet> rules,
    List<IpSet> liveSets,
    List<Integer> apiServerPorts,
    NodeFacts.Door ssh,
    boolean lockoutAcknowledged,
    String revision) {

  public Wanted {
    rules = List.copyOf(rules);
    liveSets = List.copyOf(liveSets);
  }

  /** Nothing of ours: no chain and no set. */
  public static Wanted nothing() {
    return new Wanted(List.of(), List.of(), List.of(), NodeFacts.Door.NONE, false, "");
  }

  /** What a policy means on this node. */
  public static Wanted of(
      EffectivePolicy policy,
      NodeFacts facts,
      Map<String, List<Cidr>> addressSets,
      List<Family> families,
      String revision) {
    return new Wanted(
        families.stream().map(family -> Compiler.compile(policy, facts, family)).toList(),
        families.stream()
            .flatMap(family -> LiveSets.of(facts, addressSets, family).stream())
            .toList(),
        facts.apiServer().ports(),
        facts.ssh(),
        policy.lockoutAcknowledged(),
        revision);
  }

  /** The same on a node that has these families alone. */
  Wanted in(List<Family> families) {
    return new Wanted(
        rules.stream().filter(set -> families.contains(set.family())).toList(),
        liveSets.stream().filter(set -> families.contains(set.family())).toList(),
        apiServerPorts,
        ssh,
        lockoutAcknowledged,
        revision);
  }

  /** The same with other contents of its live sets. */
  Wanted withLiveSets(List<IpSet> sets) {
    return new Wanted(rules, sets, apiServerPorts, ssh, lockoutAcknowledged, revision);
  }

  /** The same where SSH of these alone is not tracked, as far as its rules spare anybody that. */
  public Wanted sparing(List<Cidr> administrators) {
    return withLiveSets(
        liveSets.stream()
            .map(set -> spares(set) ? LiveSets.untracked(set.family(), administrators) : set)
            .toList());
  }

  /** The same for a kernel that can only track every connection. */
  public Wanted withoutUntracking() {
    return new Wanted(
        rules.stream().map(Wanted::tracking).toList(),
        liveSets.stream().filter(set -> !spares(set)).toList(),
        apiServerPorts,
        ssh,
        lockoutAcknowledged,
        revision);
  }

  private static RuleSet tracking(RuleSet set) {
    return new RuleSet(
        set.family(),
        set.tables().stream()
            .filter(table -> table.name() != TableName.RAW_OUTPUT)
            .map(
                table ->
                    new Table(table.name(), table.chains().stream().map(Wanted::tracking).toList()))
            .toList(),
        set.sets());
  }

  private static Chain tracking(Chain chain) {
    return new Chain(
        chain.name(),
        chain.rules().stream()
            .filter(rule -> !(rule.verdict() instanceof Verdict.Untrack))
            .toList());
  }

  /** Whether somebody's SSH is not tracked. */
  public boolean sparesSomebody() {
    return liveSets.stream().anyMatch(set -> spares(set) && !set.entries().isEmpty());
  }

  private static boolean spares(IpSet set) {
    return set.name().equals(SetNames.untracked(set.family()));
  }

  /** Whether the other differs in live sets at most. */
  public boolean hasRulesOf(Wanted other) {
    return rules.equals(other.rules) && revision.equals(other.revision);
  }

  /** The content of an address set, if it is one of the live sets. */
  public Optional<List<Cidr>> addressSet(String name) {
    var names =
        Stream.of(Family.values()).map(family -> SetNames.addressSet(family, name)).toList();
    var sets = liveSets.stream().filter(set -> names.contains(set.name())).toList();
    return sets.isEmpty()
        ? Optional.empty()
        : Optional.of(PackedNetworks.union(sets.stream().map(Wanted::networks).toList()));
  }

  private static List<Cidr> networks(IpSet set) {
    return set.packed()
        .<List<Cidr>>map(networks -> networks)
        .orElseGet(() -> set.entries().stream().map(Cidr::parse).toList());
  }

  public boolean isNothing() {
    return rules.isEmpty();
  }

  /** The rules of one family. */
  public Optional<RuleSet> rules(Family family) {
    return rules.stream().filter(set -> set.family() == family).findFirst();
  }

  /** All sets, those that live and those that belong to the rules. */
  public List<IpSet> sets() {
    return Stream.concat(
            liveSets.stream(), rules.stream().flatMap(ruleSet -> ruleSet.sets().stream()))
        .toList();
  }

  /** Twelve hexadecimal digits that stand for the rules of all families. */
  public String hash() {
    return isNothing()
        ? ""
        : ContentHash.shortOf(
            rules.stream().map(Generation::hash).collect(Collectors.joining(" ")));
  }
}
