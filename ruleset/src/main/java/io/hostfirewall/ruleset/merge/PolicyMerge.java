package io.hostfirewall.ruleset.merge;

import io.hostfirewall.api.v1alpha1.Action;
import io.hostfirewall.api.v1alpha1.DefaultActions;
import io.hostfirewall.api.v1alpha1.Enforcement;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import io.hostfirewall.api.v1alpha1.Logging;
import io.hostfirewall.api.v1alpha1.PolicyRule;
import io.hostfirewall.api.v1alpha1.ProtectionMode;
import io.hostfirewall.api.v1alpha1.Protections;
import io.hostfirewall.api.v1alpha1.ReversePath;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.model.Origin;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes one policy of all that select a node. */
public final class PolicyMerge {

  /** The priority of a policy that names none. */
  public static final int DEFAULT_PRIORITY = 500;

  private static final Comparator<RevisionPolicy> ORDER =
      Comparator.comparingInt(PolicyMerge::priority).thenComparing(RevisionPolicy::name);

  /** Who decides where every policy is only audited. */
  private static final Origin NOTHING_ENFORCED = new Origin.BuiltIn("nothing is enforced");

  private PolicyMerge() {}

  /** The priority of a policy, whether it names one or not. */
  public static int priority(RevisionPolicy policy) {
    var priority = policy.spec().priority();
    return priority == null ? DEFAULT_PRIORITY : priority;
  }

  /**
   * The policies in the order in which their rules are evaluated: lower priority first, then by
   * name.
   */
  public static List<RevisionPolicy> inOrder(List<RevisionPolicy> policies) {
    return policies.stream().sorted(ORDER).toList();
  }

  /**
   * Merges accepted policies. Rules follow each other; of defaults and protections the first policy
   * that sets a field decides it; one acknowledgement is enough. Policies that are only audited
   * take part in nothing but {@link EffectivePolicy#audit}; where there are no others, nothing is
   * enforced, protections included.
   *
   * @throws IllegalArgumentException if there is no policy: then nothing of ours belongs on the
   *     node
   */
  public static EffectivePolicy merge(List<RevisionPolicy> policies) {
    if (policies.isEmpty()) {
      throw new IllegalArgumentException("no policy selects this node");
    }
    var ordered = inOrder(policies);
    var enforced = ordered.stream().filter(policy -> !isAudited(policy)).toList();
    var audit =
        enforced.size() == ordered.size()
            ? Optional.<EffectivePolicy>empty()
            : Optional.of(merged(ordered, Optional.empty()));
    return enforced.isEmpty() ? nothing(audit) : merged(enforced, audit);
  }

  /** Whether what a policy would do is only counted. */
  public static boolean isAudited(RevisionPolicy policy) {
    return policy.spec().enforcement() == Enforcement.AUDIT;
  }

  private static EffectivePolicy nothing(Optional<EffectivePolicy> audit) {
    var accept = new Decided<>(Action.ACCEPT, NOTHING_ENFORCED);
    var disabled = new Decided<>(ProtectionMode.DISABLED, NOTHING_ENFORCED);
    return new EffectivePolicy(
        List.of(),
        accept,
        List.of(),
        accept,
        List.of(),
        accept,
        disabled,
        disabled,
        disabled,
        disabled,
        new Decided<>(ReversePath.DISABLED, NOTHING_ENFORCED),
        new Decided<>(true, NOTHING_ENFORCED),
        Optional.empty(),
        audit,
        false);
  }

  private static EffectivePolicy merged(
      List<RevisionPolicy> ordered, Optional<EffectivePolicy> audit) {
    return new EffectivePolicy(
        rules(ordered, Direction.INGRESS, HostFirewallPolicySpec::ingress),
        defaultAction(ordered, "ingress", Action.DENY, DefaultActions::ingress),
        rules(ordered, Direction.FORWARD, HostFirewallPolicySpec::forward),
        defaultAction(ordered, "forward", Action.DENY, DefaultActions::forward),
        rules(ordered, Direction.EGRESS, HostFirewallPolicySpec::egress),
        defaultAction(ordered, "egress", Action.ACCEPT, DefaultActions::egress),
        protection(ordered, "spoofedSource", ProtectionMode.DROP, Protections::spoofedSource),
        protection(ordered, "bogusTcpFlags", ProtectionMode.DROP, Protections::bogusTcpFlags),
        protection(ordered, "newNotSyn", ProtectionMode.DROP, Protections::newNotSyn),
        protection(ordered, "invalidState", ProtectionMode.DROP, Protections::invalidState),
        protection(ordered, "reversePath", ReversePath.DISABLED, Protections::reversePath),
        decide(ordered, "trustNodes", true, HostFirewallPolicySpec::trustNodes),
        logging(ordered),
        audit,
        ordered.stream()
            .anyMatch(policy -> Boolean.TRUE.equals(policy.spec().acknowledgeLockout())));
  }

  private static List<EffectiveRule> rules(
      List<RevisionPolicy> policies,
      Direction direction,
      Function<HostFirewallPolicySpec, @Nullable List<PolicyRule>> list) {
    var all = new ArrayList<EffectiveRule>();
    for (var policy : policies) {
      var rules = list.apply(policy.spec());
      if (rules != null) {
        rules.forEach(rule -> all.add(new EffectiveRule(policy.name(), direction, rule)));
      }
    }
    return all;
  }

  private static Optional<Decided<Logging>> logging(List<RevisionPolicy> policies) {
    return policies.stream()
        .filter(policy -> policy.spec().logging() != null)
        .map(
            policy ->
                new Decided<>(
                    policy.spec().logging(), new Origin.PolicyField(policy.name(), "logging")))
        .findFirst();
  }

  private static Decided<Action> defaultAction(
      List<RevisionPolicy> policies,
      String direction,
      Action otherwise,
      Function<DefaultActions, @Nullable Action> field) {
    return decide(
        policies,
        "defaultActions." + direction,
        otherwise,
        spec -> spec.defaultActions() == null ? null : field.apply(spec.defaultActions()));
  }

  private static <T> Decided<T> protection(
      List<RevisionPolicy> policies,
      String name,
      T otherwise,
      Function<Protections, @Nullable T> field) {
    return decide(
        policies,
        "protections." + name,
        otherwise,
        spec -> spec.protections() == null ? null : field.apply(spec.protections()));
  }

  private static <T> Decided<T> decide(
      List<RevisionPolicy> policies,
      String field,
      T otherwise,
      Function<HostFirewallPolicySpec, @Nullable T> read) {
    for (var policy : policies) {
      var value = read.apply(policy.spec());
      if (value != null) {
        return new Decided<>(value, new Origin.PolicyField(policy.name(), field));
      }
    }
    return new Decided<>(otherwise, new Origin.Default(field));
  }
}
