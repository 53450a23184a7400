package io.hostfirewall.e2e.walk;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.compile.Compiler;
import io.hostfirewall.ruleset.merge.PolicyMerge;
import io.hostfirewall.ruleset.model.Chain;
import io.hostfirewall.ruleset.model.ContentHash;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.IpSet;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.RuleSet;
import io.hostfirewall.ruleset.model.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Policies of a host and packets for it. It is printed as it is written in a file.
 *
 * @param connections that are opened before the packets come, each from a port of its own; null for
 *     none
 */
record Case(
    Site site,
    List<HostFirewallPolicySpec> policies,
    @Nullable List<Connection> connections,
    List<Probe> packets) {

  static Case parse(String yaml) {
    return Serialization.unmarshal(yaml, Case.class);
  }

  /**
   * The rules of the policies.
   *
   * @param run stands in the names of their limits: the kernel forgets no limit by that name
   */
  RuleSet rules(Family family, int run) {
    var named = new ArrayList<RevisionPolicy>();
    for (var policy : policies) {
      var name = "p" + named.size();
      named.add(new RevisionPolicy(name, "uid", 1L, policy));
    }
    var rules = Compiler.compile(PolicyMerge.merge(named), site.facts(), family);
    return new RuleSet(
        family,
        rules.tables().stream().map(table -> ofRun(table, family, run)).toList(),
        rules.sets());
  }

  private static Table ofRun(Table table, Family family, int run) {
    var chains = new ArrayList<Chain>();
    for (var chain : table.chains()) {
      var rules = chain.rules().stream().map(rule -> ofRun(rule, family, run)).toList();
      chains.add(new Chain(chain.name(), rules));
    }
    return new Table(table.name(), chains);
  }

  private static Rule ofRun(Rule rule, Family family, int run) {
    var matches = rule.matches().stream().map(match -> ofRun(match, family, run)).toList();
    return new Rule(matches, rule.verdict(), rule.origin());
  }

  private static Match ofRun(Match match, Family family, int run) {
    return match instanceof Match.HashLimit limit
        ? new Match.HashLimit(
            family.setPrefix() + ContentHash.shortOf(run + limit.name()),
            limit.rate(),
            limit.burst(),
            limit.sourcePrefixLength(),
            limit.addressBits(),
            limit.buckets(),
            limit.maxSources(),
            limit.expiry())
        : match;
  }

  /** All sets that the rules ask. */
  List<IpSet> sets(RuleSet rules) {
    var sets = new ArrayList<>(site.liveSets(rules.family()));
    sets.addAll(rules.sets());
    return sets;
  }

  List<Connection> connections(Family family) {
    return Stream.ofNullable(connections)
        .flatMap(List::stream)
        .filter(connection -> connection.first().family() == family)
        .toList();
  }

  List<Probe> packets(Family family) {
    return packets.stream().filter(packet -> packet.family() == family).toList();
  }

  /** A line for each packet, so that it can be read. */
  @Override
  public String toString() {
    var text = new StringBuilder("site: ").append(site).append('\n');
    text.append(Serialization.asYaml(Map.of("policies", policies)).replaceFirst("^---\n", ""));
    list(text, "connections", connections == null ? List.of() : connections);
    list(text, "packets", packets);
    return text.toString();
  }

  private static void list(StringBuilder text, String name, List<?> items) {
    text.append(name).append(":").append(items.isEmpty() ? " []\n" : "\n");
    items.forEach(item -> text.append("- ").append(Serialization.asJson(item)).append('\n'));
  }
}
