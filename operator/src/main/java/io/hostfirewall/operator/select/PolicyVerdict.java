package io.hostfirewall.operator.select;

import io.hostfirewall.api.v1alpha1.HostFirewallPolicy;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import io.hostfirewall.api.v1alpha1.HostFirewallRevision;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.check.PolicyCheck;
import io.hostfirewall.ruleset.check.Problem;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether a policy is accepted, and which of its specs is in force: the present one, or while that
 * is refused the last that was accepted, as the revisions remember it.
 *
 * @param problems why the present spec is refused; empty when it is accepted
 * @param inForce absent for a policy that was never valid
 */
public record PolicyVerdict(List<Problem> problems, @Nullable RevisionPolicy inForce) {

  public PolicyVerdict {
    problems = List.copyOf(problems);
  }

  public static PolicyVerdict of(
      HostFirewallPolicy policy, Collection<HostFirewallRevision> revisions) {
    var problems = problems(policy.getSpec());
    return new PolicyVerdict(
        problems, problems.isEmpty() ? present(policy) : lastAccepted(policy, revisions));
  }

  /**
   * The specs in force of all policies, in no particular order. A policy being deleted has none.
   */
  public static List<RevisionPolicy> inForce(
      Collection<HostFirewallPolicy> policies, Collection<HostFirewallRevision> revisions) {
    return policies.stream()
        .filter(policy -> policy.getMetadata().getDeletionTimestamp() == null)
        .map(policy -> of(policy, revisions).inForce())
        .filter(Objects::nonNull)
        .toList();
  }

  public boolean accepted() {
    return problems.isEmpty();
  }

  public boolean selects(NodeView node) {
    return inForce != null && NodeSelection.selects(inForce.spec(), node);
  }

  private static List<Problem> problems(HostFirewallPolicySpec spec) {
    return Stream.concat(
            NodeSelection.problems(spec.nodeSelector()).stream(), PolicyCheck.check(spec).stream())
        .toList();
  }

  private static RevisionPolicy present(HostFirewallPolicy policy) {
    var metadata = policy.getMetadata();
    return new RevisionPolicy(
        metadata.getName(), metadata.getUid(), metadata.getGeneration(), policy.getSpec());
  }

  private static @Nullable RevisionPolicy lastAccepted(
      HostFirewallPolicy policy, Collection<HostFirewallRevision> revisions) {
    var uid = policy.getMetadata().getUid();
    return revisions.stream()
        .flatMap(revision -> revision.getSpec().policies().stream())
        .filter(remembered -> remembered.uid().equals(uid))
        .max(Comparator.comparing(RevisionPolicy::generation))
        .orElse(null);
  }
}
