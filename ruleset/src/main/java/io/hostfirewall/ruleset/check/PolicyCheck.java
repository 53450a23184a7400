package io.hostfirewall.ruleset.check;

import io.hostfirewall.api.v1alpha1.Enforcement;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import io.hostfirewall.api.v1alpha1.PolicyRule;
import io.hostfirewall.ruleset.merge.Direction;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says what is wrong with a policy. It covers what the schema covers too, for those who have no API
 * server to ask.
 */
public final class PolicyCheck {

  static final int MAX_RULES = 128;

  private PolicyCheck() {}

  /**
   * All problems of a policy's spec, in the order of its fields; empty if it can be carried out.
   */
  public static List<Problem> check(HostFirewallPolicySpec spec) {
    var findings = new Findings("spec");
    findings.require("nodeSelector", spec.nodeSelector(), "Write {} to select every Linux node");
    SelectorCheck.check(findings.at("nodeSelector"), spec.nodeSelector());
    findings.range("priority", spec.priority(), 0, 1000);
    if (spec.enforcement() == Enforcement.AUDIT) {
      decidesNothing(findings, "defaultActions", spec.defaultActions());
      decidesNothing(findings, "protections", spec.protections());
    }
    RuleCheck.logging(findings, spec.logging());
    rules(findings, Direction.INGRESS, spec.ingress());
    rules(findings, Direction.FORWARD, spec.forward());
    rules(findings, Direction.EGRESS, spec.egress());
    return findings.problems();
  }

  private static void decidesNothing(Findings findings, String field, @Nullable Object value) {
    if (value != null) {
      findings.add(
          field, "cannot stand beside enforcement: Audit, which decides nothing. Leave it out");
    }
  }

  private static void rules(
      Findings findings, Direction direction, @Nullable List<@Nullable PolicyRule> rules) {
    if (rules == null) {
      return;
    }
    var list = direction.list();
    findings.size(list, rules, 0, MAX_RULES);
    var seen = new HashMap<String, Integer>();
    for (var i = 0; i < rules.size(); i++) {
      var place = findings.at(list, i);
      var rule = rules.get(i);
      if (rule == null) {
        place.add("is empty. Write a rule, or leave the dash out");
        continue;
      }
      RuleCheck.check(place, rule, direction);
      var earlier = rule.name() == null ? null : seen.putIfAbsent(rule.name(), i);
      if (earlier != null) {
        place.add(
            "name",
            "\"%s\" is the name of %s[%d] too. Names in a list must differ"
                .formatted(rule.name(), list, earlier));
      }
    }
  }
}
