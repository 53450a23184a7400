package io.hostfirewall.ruleset.diff;

import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.explain.SetWords;
import io.hostfirewall.ruleset.model.IpSet;
import io.hostfirewall.ruleset.model.RuleSet;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * One of two things that are compared.
 *
 * @param rules those of one family, with plain names of chains
 * @param liveSets the sets beside those of the rules themselves, as far as they are known
 */
public record Side(RuleSet rules, List<IpSet> liveSets) {

  public Side {
    liveSets =
        liveSets.stream()
            .filter(set -> set.family() == rules.family())
            .filter(set -> rules.sets().stream().noneMatch(own -> own.name().equals(set.name())))
            .toList();
  }

  List<IpSet> sets() {
    return Stream.concat(rules.sets().stream(), liveSets.stream()).toList();
  }

  SetWords words(Collection<RevisionPolicy> policies) {
    return SetWords.of(sets(), policies);
  }
}
