package io.hostfirewall.operator.rollout;

import io.hostfirewall.api.v1alpha1.FailedNode;
import io.hostfirewall.operator.select.PolicyVersion;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Decides which node may go on to another revision. What was confirmed on one node is proven, and
 * proven revisions go everywhere at once. Of nodes that shall run the same unproven revision, or
 * different ones with the same unproven version of a policy, one is told first; if it fails, the
 * others keep what they have until it no longer does or the policy changes.
 *
 * <p>All that is known stands in Kubernetes objects, so an operator that starts in the middle goes
 * on where another one ended. A pure function of what the nodes look like at one moment.
 */
public final class Rollout {

  private final Collection<Member> members;
  private final Map<String, Set<PolicyVersion>> contents;
  private final Set<String> provenRevisions = new HashSet<>();
  private final Set<PolicyVersion> provenVersions = new HashSet<>();
  private final List<Member> trying;

  /**
   * @param members all nodes of the cluster
   * @param contents what the revisions that exist are made of, by name
   */
  public Rollout(Collection<Member> members, Map<String, Set<PolicyVersion>> contents) {
    this.members = members;
    this.contents = contents;
    members.stream()
        .map(Member::confirmed)
        .filter(revision -> !revision.isEmpty() && provenRevisions.add(revision))
        .forEach(revision -> provenVersions.addAll(versions(revision)));
    this.trying =
        members.stream()
            .filter(member -> !member.told().isEmpty() && !provenRevisions.contains(member.told()))
            .sorted(Comparator.comparing(Member::name))
            .toList();
  }

  /**
   * What a node may do that shall run another revision than it was told.
   *
   * @param wanted what a node shall run; empty if it was told that, or shall keep what it has
   */
  public Step step(Member node, Target target, Function<Member, Optional<Target>> wanted) {
    if (provenRevisions.contains(target.revision())) {
      return new Step.Go();
    }
    var failure = stop(node.name(), target);
    if (failure.isPresent()) {
      return new Step.Stopped(failure.get());
    }
    return ahead(node, target)
        .or(() -> first(node, target, wanted))
        .filter(other -> !other.name().equals(node.name()))
        .<Step>map(other -> new Step.Wait(other.name()))
        .orElseGet(Step.Go::new);
  }

  /** The failure that keeps nodes from a revision, if there is one. */
  public Optional<FailedNode> stop(Target target) {
    return stop("", target);
  }

  private Optional<FailedNode> stop(String asking, Target target) {
    if (provenRevisions.contains(target.revision())) {
      return Optional.empty();
    }
    return trying.stream()
        .filter(other -> !other.name().equals(asking) && sharesNews(other, target))
        .map(Member::failure)
        .flatMap(failure -> Optional.ofNullable(failure).stream())
        .findFirst();
  }

  /** Somebody who tries a version of the same policy, be it the present one or not. */
  private Optional<Member> ahead(Member node, Target target) {
    var policies = policies(target.versions());
    return trying.stream()
        .filter(other -> !other.name().equals(node.name()) && other.failure() == null)
        .filter(other -> other.answering() || !node.answering())
        .filter(
            other ->
                other.told().equals(target.revision())
                    || policies(versions(other.told())).stream().anyMatch(policies::contains))
        .findFirst();
  }

  /** The first of all that wait for the same; those that are stopped do not count. */
  private Optional<Member> first(
      Member node, Target target, Function<Member, Optional<Target>> wanted) {
    return members.stream()
        .sorted(order())
        .filter(
            other ->
                other.name().equals(node.name())
                    || wanted
                        .apply(other)
                        .filter(theirs -> sharesNews(theirs, target))
                        .filter(theirs -> stop(other.name(), theirs).isEmpty())
                        .isPresent())
        .findFirst();
  }

  private boolean sharesNews(Member other, Target target) {
    return sharesNews(new Target(other.told(), versions(other.told())), target);
  }

  private boolean sharesNews(Target one, Target other) {
    return one.revision().equals(other.revision())
        || other.versions().stream()
            .anyMatch(v -> !provenVersions.contains(v) && one.versions().contains(v));
  }

  /** The policies of which versions are not proven. */
  private Set<String> policies(Set<PolicyVersion> versions) {
    var policies = new HashSet<String>();
    versions.stream()
        .filter(version -> !provenVersions.contains(version))
        .forEach(version -> policies.add(version.uid()));
    return policies;
  }

  private Set<PolicyVersion> versions(String revision) {
    return contents.getOrDefault(revision, Set.of());
  }

  /**
   * Who is first: whoever can answer, has begun already, has always answered, and runs the least.
   */
  private Comparator<Member> order() {
    return Comparator.comparing(Member::answering, Comparator.reverseOrder())
        .thenComparing(member -> !(trying.contains(member) && member.failure() == null))
        .thenComparing(member -> !member.told().equals(member.confirmed()))
        .thenComparing(Member::controlPlane)
        .thenComparing(Member::name);
  }
}
