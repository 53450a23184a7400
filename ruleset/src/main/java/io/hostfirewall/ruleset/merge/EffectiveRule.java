package io.hostfirewall.ruleset.merge;

import io.hostfirewall.api.v1alpha1.PolicyRule;
import io.hostfirewall.ruleset.model.Origin;

/** A rule together with the policy it stands in. */
public record EffectiveRule(String policy, Direction direction, PolicyRule rule) {

  public Origin origin() {
    return new Origin.PolicyRule(policy, rule.name());
  }
}
