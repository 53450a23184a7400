package io.hostfirewall.operator.select;

import io.hostfirewall.api.v1alpha1.HostFirewallRevisionSpec;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One spec of a policy.
 *
 * @param generation Kubernetes counts it up whenever a spec changes
 */
public record PolicyVersion(String uid, Long generation) {

  static Set<PolicyVersion> of(Collection<RevisionPolicy> policies) {
    return policies.stream()
        .map(policy -> new PolicyVersion(policy.uid(), policy.generation()))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** What a revision is made of. */
  public static Set<PolicyVersion> in(HostFirewallRevisionSpec revision) {
    return of(revision.policies());
  }
}
