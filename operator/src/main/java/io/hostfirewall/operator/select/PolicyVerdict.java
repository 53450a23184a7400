package io.hostfirewall.operator.select;

import io.hostfirewall.api.v1alpha1.HostFirewallPolicy;
import io.hostfirewall.api.v1alpha1.HostFirewallRevision;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.check.NamedSets;
import io.hostfirewall.ruleset.check.PolicyCheck;
import io.hostfirewall.ruleset.check.Problem;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether a policy is accepted, and which of its specs is in force: the present one, or while that
 * is refused the last that was accepted, as the revisions remember it.
 *
 * @param problems why the present spec is refused; empty when it is accepted
 * @param reason the same in one word; empty when it is accepted
 * @param inForce absent for a policy that was never valid
 */
public record PolicyVerdict(
    List<Problem> problems, String reason, @Nullable RevisionPolicy inForce) {

  public static final String INVALID = "Invalid";
  public static final String ADDRESS_SET_NOT_FOUND = "AddressSetNotFound";

  public PolicyVerdict {
    problems = List.copyOf(problems);
  }

  /**
   * Judges a policy.
   *
   * @param addressSets names of those that exist
   */
  public static PolicyVerdict of(
      HostFirewallPolicy policy,
      Collection<HostFirewallRevision> revisions,
      Set<String> addressSets) {
    var problems = PolicyCheck.check(policy.getSpec());
    if (!problems.isEmpty()) {
      return new PolicyVerdict(problems, INVALID, lastAccepted(policy, revisions));
    }
    var unknown = NamedSets.unknown(policy.getSpec(), addressSets);
    return unknown.isEmpty()
        ? new PolicyVerdict(List.of(), "", present(policy))
        : new PolicyVerdict(unknown, ADDRESS_SET_NOT_FOUND, lastAccepted(policy, revisions));
  }

  /**
   * The specs in force of all policies, in no particular order. A policy being deleted has none.
   */
  public static List<RevisionPolicy> inForce(
      Collection<HostFirewallPolicy> policies,
      Collection<HostFirewallRevision> revisions,
      Set<String> addressSets) {
    return policies.stream()
        .filter(policy -> policy.getMetadata().getDeletionTimestamp() == null)
        .map(policy -> of(policy, revisions, addressSets).inForce())
        .filter(Objects::nonNull)
        .toList();
  }

  public boolean accepted() {
    return problems.isEmpty();
  }

  public boolean selects(NodeView node) {
    return inForce != null && NodeSelection.selects(inForce.spec(), node);
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
