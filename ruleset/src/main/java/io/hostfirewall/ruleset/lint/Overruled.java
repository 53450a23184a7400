package io.hostfirewall.ruleset.lint;

import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.lint.Finding.Kind;
import io.hostfirewall.ruleset.merge.Decided;
import io.hostfirewall.ruleset.merge.EffectivePolicy;
import io.hostfirewall.ruleset.merge.PolicyMerge;
import io.hostfirewall.ruleset.model.Origin;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Settings of a policy that another one decides for it: the first that sets a field. */
final class Overruled {

  private Overruled() {}

  /**
   * What of a policy is decided otherwise. Who says the same only repeats it, and is left alone.
   *
   * @param met all policies that are wherever this one is, itself included
   */
  static List<Finding> in(RevisionPolicy policy, List<RevisionPolicy> met) {
    var together = decided(policy, met);
    return decided(policy, List.of(policy)).entrySet().stream()
        .flatMap(own -> finding(policy, own.getKey(), own.getValue(), together.get(own.getKey())))
        .toList();
  }

  private static Stream<Finding> finding(
      RevisionPolicy policy, String field, Decided<?> own, Decided<?> decided) {
    return decided.value().equals(own.value())
        ? Stream.of()
        : Stream.of(
            new Finding(
                Kind.OVERRULED,
                policy.name(),
                "",
                "spec." + field,
                "decides nothing: policy %s comes first and says otherwise. Change it there, give this policy a lower priority, or leave it out."
                    .formatted(((Origin.PolicyField) decided.origin()).policy())));
  }

  /** By field, what policies set of what a policy is followed with. */
  private static Map<String, Decided<?>> decided(
      RevisionPolicy policy, List<RevisionPolicy> policies) {
    var merged = PolicyMerge.merge(policies);
    var followed = PolicyMerge.isAudited(policy) ? merged.audit().orElseThrow() : merged;
    return settings(followed)
        .filter(setting -> setting.origin() instanceof Origin.PolicyField)
        .collect(
            Collectors.toMap(setting -> ((Origin.PolicyField) setting.origin()).field(), s -> s));
  }

  private static Stream<Decided<?>> settings(EffectivePolicy policy) {
    return Stream.concat(
        Stream.of(
            policy.ingressDefault(),
            policy.forwardDefault(),
            policy.egressDefault(),
            policy.spoofedSource(),
            policy.bogusTcpFlags(),
            policy.newNotSyn(),
            policy.invalidState(),
            policy.reversePath(),
            policy.trustNodes()),
        policy.logging().stream());
  }
}
