package io.hostfirewall.e2e.walk;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.compile.Compiler;
import io.hostfirewall.ruleset.merge.PolicyMerge;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.IpSet;
import io.hostfirewall.ruleset.model.RuleSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Policies of a host and packets for it. It is printed as it is written in a file. */
record Case(Site site, List<HostFirewallPolicySpec> policies, List<Probe> packets) {

  static Case parse(String yaml) {
    return Serialization.unmarshal(yaml, Case.class);
  }

  /**
   * The rules of the policies.
   *
   * @param run stands in their names, and so in those of their limits: the kernel forgets no limit
   *     by that name
   */
  RuleSet rules(Family family, int run) {
    var named = new ArrayList<RevisionPolicy>();
    for (var policy : policies) {
      var name = "p%d-%d".formatted(run, named.size());
      named.add(new RevisionPolicy(name, "uid", 1L, policy));
    }
    return Compiler.compile(PolicyMerge.merge(named), site.facts(), family);
  }

  /** All sets that the rules ask. */
  List<IpSet> sets(RuleSet rules) {
    var sets = new ArrayList<>(site.liveSets(rules.family()));
    sets.addAll(rules.sets());
    return sets;
  }

  List<Probe> packets(Family family) {
    return packets.stream().filter(packet -> packet.family() == family).toList();
  }

  /** A line for each packet, so that it can be read. */
  @Override
  public String toString() {
    var text = new StringBuilder("site: ").append(site).append('\n');
    text.append(Serialization.asYaml(Map.of("policies", policies)).replaceFirst("^---\n", ""));
    text.append("packets:\n");
    packets.forEach(packet -> text.append("- ").append(Serialization.asJson(packet)).append('\n'));
    return text.toString();
  }
}
