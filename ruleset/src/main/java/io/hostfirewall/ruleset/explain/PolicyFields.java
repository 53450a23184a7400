package io.hostfirewall.ruleset.explain;

import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import io.hostfirewall.api.v1alpha1.PolicyRule;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.model.ConnState;
import io.hostfirewall.ruleset.model.Origin;
import io.hostfirewall.ruleset.walk.Packet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** From where a rule came to the field that a person wrote. */
public final class PolicyFields {

  /** The lists of rules of a policy. */
  public enum RuleList {
    INGRESS("ingress") {
      @Override
      public @Nullable List<PolicyRule> of(HostFirewallPolicySpec spec) {
        return spec.ingress();
      }
    },
    FORWARD("forward") {
      @Override
      public @Nullable List<PolicyRule> of(HostFirewallPolicySpec spec) {
        return spec.forward();
      }
    },
    EGRESS("egress") {
      @Override
      public @Nullable List<PolicyRule> of(HostFirewallPolicySpec spec) {
        return spec.egress();
      }
    };

    private final String text;

    RuleList(String text) {
      this.text = text;
    }

    /** The rules of a policy. */
    public abstract @Nullable List<PolicyRule> of(HostFirewallPolicySpec spec);

    /** Which rules judge a packet; a translated connection is one to the node. */
    static RuleList judging(Packet packet) {
      return switch (packet.way()) {
        case INPUT -> INGRESS;
        case OUTPUT -> EGRESS;
        case FORWARD -> packet.states().contains(ConnState.DNAT) ? INGRESS : FORWARD;
      };
    }
  }

  private final List<RevisionPolicy> policies;

  /**
   * @param policies those that the rules were made from; none if nobody knows them
   */
  public PolicyFields(List<RevisionPolicy> policies) {
    this.policies = List.copyOf(policies);
  }

  /** Those that the rules were made from, as far as they are known. */
  List<RevisionPolicy> policies() {
    return policies;
  }

  /** The field of a rule of a policy, by its place in the list if the policy is known. */
  public String rule(Origin.PolicyRule origin, RuleList list) {
    var index = find(origin, list).map(found -> Integer.toString(found.index()));
    return "spec.%s[%s]".formatted(list.text, index.orElse("name=" + origin.rule()));
  }

  /** The rule as it was written. */
  Optional<PolicyRule> written(Origin.PolicyRule origin, RuleList list) {
    return find(origin, list).map(Found::rule);
  }

  private record Found(int index, PolicyRule rule) {}

  private Optional<Found> find(Origin.PolicyRule origin, RuleList list) {
    for (var policy : policies) {
      var rules = list.of(policy.spec());
      if (policy.name().equals(origin.policy()) && rules != null) {
        for (var i = 0; i < rules.size(); i++) {
          if (rules.get(i).name().equals(origin.rule())) {
            return Optional.of(new Found(i, rules.get(i)));
          }
        }
      }
    }
    return Optional.empty();
  }
}
