package io.hostfirewall.ruleset.lint;

import io.hostfirewall.api.v1alpha1.IcmpSelector;
import io.hostfirewall.api.v1alpha1.PolicyRule;
import io.hostfirewall.api.v1alpha1.ProtectionMode;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.compile.Compiler;
import io.hostfirewall.ruleset.compile.IcmpTypes;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.explain.PolicyFields;
import io.hostfirewall.ruleset.explain.PolicyFields.RuleList;
import io.hostfirewall.ruleset.lint.Finding.Kind;
import io.hostfirewall.ruleset.merge.EffectivePolicy;
import io.hostfirewall.ruleset.merge.NodeSelector;
import io.hostfirewall.ruleset.merge.PolicyMerge;
import io.hostfirewall.ruleset.model.ConnState;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.Origin;
import io.hostfirewall.ruleset.packet.FirstSight;
import io.hostfirewall.ruleset.space.Reach;
import io.hostfirewall.ruleset.walk.Transport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds rules, and parts of rules, that decide nothing on any node. What it says is certain: it
 * follows all packets that there could be through the rules of a host and of a cluster's node.
 */
public final class PolicyLint {

  /** How many of those that come first are named. */
  private static final int NAMED = 3;

  private static final String NEVER_COUNTS =
      "never counts a packet: ICMP answers and errors about known connections pass before any rule,"
          + " and protections.invalidState drops the others. Leave it out.";

  private final PolicyFields fields;
  private final EffectivePolicy policy;
  private final List<Reach> onHosts;
  private final List<Reach> inClusters;

  private PolicyLint(List<RevisionPolicy> policies) {
    this.fields = new PolicyFields(policies);
    this.policy = PolicyMerge.merge(policies);
    this.onHosts = reach(NodeFacts.standAlone());
    this.inClusters = reach(NodeFacts.ofSomeCluster());
  }

  private List<Reach> reach(NodeFacts facts) {
    return Arrays.stream(Family.values())
        .map(family -> Reach.of(Compiler.compile(policy, facts, family)))
        .toList();
  }

  /**
   * What was found, in the order of evaluation. Of policies that need not meet on a node none makes
   * rules of the other dead.
   *
   * @throws io.hostfirewall.ruleset.space.TooManyPartsException if too many rules overlap to tell
   */
  public static List<Finding> findings(List<RevisionPolicy> policies) {
    return findings(policies, PolicyLint::meetsEverywhere);
  }

  /**
   * The same of policies that all select one node.
   *
   * @throws io.hostfirewall.ruleset.space.TooManyPartsException if too many rules overlap to tell
   */
  public static List<Finding> findingsOnOneNode(List<RevisionPolicy> policies) {
    return findings(policies, (other, policy) -> true);
  }

  private static boolean meetsEverywhere(RevisionPolicy other, RevisionPolicy policy) {
    return NodeSelector.covers(other.spec().nodeSelector(), policy.spec().nodeSelector());
  }

  private static List<Finding> findings(
      List<RevisionPolicy> policies, BiPredicate<RevisionPolicy, RevisionPolicy> meets) {
    var lints = new HashMap<List<RevisionPolicy>, PolicyLint>();
    var findings = new ArrayList<Finding>();
    for (var policy : PolicyMerge.inOrder(policies)) {
      var met = policies.stream().filter(other -> meets.test(other, policy)).toList();
      var everywhere = lints.computeIfAbsent(met, PolicyLint::new).look(policy);
      // Others may switch off what makes something dead, such as a protection.
      var together = lints.computeIfAbsent(policies, PolicyLint::new).look(policy);
      findings.addAll(Overruled.in(policy, met));
      everywhere.stream()
          .filter(one -> together.stream().anyMatch(other -> isWithin(one, other)))
          .forEach(findings::add);
    }
    return List.copyOf(findings);
  }

  private static boolean isWithin(Finding part, Finding whole) {
    return part.field().startsWith(whole.field());
  }

  private List<Finding> look(RevisionPolicy policy) {
    var findings = new ArrayList<Finding>();
    for (var list : RuleList.values()) {
      var rules = list.of(policy.spec());
      if (rules != null) {
        rules.forEach(rule -> findings.addAll(look(policy.name(), list, rule)));
      }
    }
    return findings;
  }

  private List<Finding> look(String policyName, RuleList list, PolicyRule rule) {
    var origin = new Origin.PolicyRule(policyName, rule.name());
    var field = fields.rule(origin, list);
    if (all().noneMatch(reach -> reach.holds(origin))) {
      return List.of(
          finding(
              Kind.ABOUT_NOBODY,
              origin,
              field,
              "is about no packet: nothing of what it names is of one family and left by except."
                  + " Change what it names, or delete it."));
    }
    if (onHosts.stream().noneMatch(reach -> reach.decides(origin))) {
      return List.of(
          finding(
              Kind.SHADOWED,
              origin,
              field,
              "decides nothing%s: %s delete it."
                  .formatted(
                      exception(inClusters.stream().anyMatch(reach -> reach.decides(origin))),
                      first(origin, family -> Optional.of(List.of())))));
    }
    var findings = new ArrayList<Finding>();
    RulePart.of(rule, list).forEach(part -> look(origin, field, part).ifPresent(findings::add));
    limits(origin, rule)
        .map(
            limit -> finding(Kind.LIMIT_WITHOUT_EFFECT, origin, field + limit.field(), limit.why()))
        .forEach(findings::add);
    return findings;
  }

  /** A limit, or a part of one, that counts nothing. */
  private record Idle(String field, String why) {}

  private Stream<Idle> limits(Origin.PolicyRule origin, PolicyRule rule) {
    var idle = new ArrayList<Idle>();
    if (rule.rateLimit() != null && neverAsks(rule)) {
      idle.add(new Idle(".rateLimit", NEVER_COUNTS));
    }
    if (rule.connectionLimit() != null && neverAsks(rule)) {
      idle.add(new Idle(".connectionLimit", NEVER_COUNTS));
    }
    if (rule.rateLimit() != null && rule.rateLimit().sourcePrefixLength() != null) {
      var length = rule.rateLimit().sourcePrefixLength();
      prefix(origin, Family.IPV4, length.ipv4()).ifPresent(idle::add);
      prefix(origin, Family.IPV6, length.ipv6()).ifPresent(idle::add);
    }
    return idle.stream();
  }

  private Optional<Idle> prefix(Origin.PolicyRule origin, Family family, @Nullable Integer length) {
    return length == null
            || all().anyMatch(reach -> reach.family() == family && reach.holds(origin))
        ? Optional.empty()
        : Optional.of(
            new Idle(
                ".rateLimit.sourcePrefixLength." + (family == Family.IPV4 ? "ipv4" : "ipv6"),
                "counts nothing: the rule is about no packet of this family. Leave it out."));
  }

  /** What is wrong with a part of a rule of which others decide something. */
  private Optional<Finding> look(Origin.PolicyRule origin, String field, RulePart part) {
    if (onHosts.stream().anyMatch(reach -> decides(reach, origin, part))) {
      return Optional.empty();
    }
    var place = field + part.field();
    if (all().noneMatch(reach -> holds(reach, origin, part))) {
      return Optional.of(
          finding(
              Kind.PART_ABOUT_NOBODY,
              origin,
              place,
              "is about no packet of %s: nothing of it is of the rule's family and left by except."
                      .formatted(part.words())
                  + " Leave it out."));
    }
    return Optional.of(
        finding(
            Kind.PARTLY_SHADOWED,
            origin,
            place,
            "decides nothing of %s%s: %s leave that out."
                .formatted(
                    part.words(),
                    exception(inClusters.stream().anyMatch(reach -> decides(reach, origin, part))),
                    first(origin, part.meaning()))));
  }

  private static boolean decides(Reach reach, Origin origin, RulePart part) {
    return part.meaning().apply(reach.family()).stream()
        .anyMatch(matches -> reach.decides(origin, matches));
  }

  private static boolean holds(Reach reach, Origin origin, RulePart part) {
    return part.meaning().apply(reach.family()).stream()
        .anyMatch(matches -> reach.holds(origin, matches));
  }

  private static Finding finding(
      Kind kind, Origin.PolicyRule origin, String field, String sentence) {
    return new Finding(kind, origin.policy(), origin.rule(), field, sentence);
  }

  private static String exception(boolean inClusters) {
    return inClusters ? " but for a cluster's own nodes and pods" : "";
  }

  private Stream<Reach> all() {
    return Stream.concat(onHosts.stream(), inClusters.stream());
  }

  /**
   * Who decides its packets, in a few words, and what can be done about it beside the last word.
   *
   * @param some those that are asked about, by family
   */
  private String first(Origin.PolicyRule origin, Function<Family, Optional<List<Match>>> some) {
    var names =
        onHosts.stream()
            .flatMap(
                reach ->
                    some.apply(reach.family()).stream()
                        .flatMap(matches -> reach.deciders(origin, matches).stream()))
            .map(Origin::comment)
            .distinct()
            .toList();
    if (names.isEmpty()) {
      return "protections, or rules that are built in, decide all of its packets. You may";
    }
    var isOne = names.size() == 1;
    return "%s%s %s first and %s all of its packets. Put it before %s, or"
        .formatted(
            names.stream().limit(NAMED).collect(Collectors.joining(", ")),
            names.size() > NAMED ? " and %d more".formatted(names.size() - NAMED) : "",
            isOne ? "comes" : "come",
            isOne ? "decides" : "decide",
            isOne ? "it" : "them");
  }

  /** Whether only packets come to it that never come to a rule. */
  private boolean neverAsks(PolicyRule rule) {
    return rule.icmp() != null
        && policy.invalidState().value() == ProtectionMode.DROP
        && rule.icmp().stream().allMatch(PolicyLint::neverAsks);
  }

  private static boolean neverAsks(IcmpSelector icmp) {
    return Arrays.stream(Family.values())
        .allMatch(
            family ->
                IcmpTypes.number(icmp, family).stream()
                    .allMatch(
                        type ->
                            FirstSight.of(new Transport.Icmp(family, type, 0), family)
                                == ConnState.INVALID));
  }
}
