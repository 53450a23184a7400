package io.hostfirewall.ruleset.explain;

import com.fasterxml.jackson.annotation.JsonValue;
import io.hostfirewall.ruleset.explain.PolicyFields.RuleList;
import io.hostfirewall.ruleset.model.Chain;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.Origin;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.Verdict;
import io.hostfirewall.ruleset.packet.Question;
import io.hostfirewall.ruleset.render.RuleText;
import io.hostfirewall.ruleset.walk.Outcome;
import io.hostfirewall.ruleset.walk.Sets;
import io.hostfirewall.ruleset.walk.Step;
import io.hostfirewall.ruleset.walk.Walk;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a packet, and why, for a reader and as JSON for a script.
 *
 * @param verdict what it says to those who wrote the policies
 * @param answer what the sender is told if it is rejected; otherwise empty
 * @param decidedBy the last of {@code rules}; null if none was met
 * @param rules those that it met, in order
 * @param assumed a sentence for each thing that the verdict depends on and that was not said
 */
public record Explanation(
    String family,
    Word verdict,
    String answer,
    @Nullable Met decidedBy,
    List<Met> rules,
    List<String> assumed) {

  /** Verdicts, in the words of policies. */
  public enum Word {
    ACCEPT("Accept"),
    DENY("Deny"),
    REJECT("Reject"),
    /** A rule that is not ours was met. */
    UNKNOWN("Unknown");

    private final String text;

    Word(String text) {
      this.text = text;
    }

    @JsonValue
    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * A rule that the packet met.
   *
   * @param chain its name in the kernel
   * @param number its place there, counted from 1
   * @param text as iptables prints it, and behind a # what its sets are
   * @param origin the rule's comment
   * @param policy the policy that it came from; empty if none
   * @param rule the name of the policy's rule; empty if it came from none
   * @param field what made it so in the policy; for a default the field that nobody set; empty for
   *     what every node has
   */
  public record Met(
      String table,
      String chain,
      int number,
      String text,
      String origin,
      String policy,
      String rule,
      String field) {}

  public Explanation {
    rules = List.copyOf(rules);
    assumed = List.copyOf(assumed);
  }

  /** Sends a packet through rules. */
  public static Explanation of(Question question, Judges judges, PolicyFields fields) {
    var called = SetWords.of(judges.sets(), fields.policies());
    var consulted = new Consulted(question, Sets.withFreshSources(judges.sets()), called);
    var walk = Walk.of(question.packet(), judges.rules(), consulted);
    var outcome = walk.outcome();
    var list = RuleList.judging(question.packet());
    var met =
        walk.steps().stream()
            .map(step -> met(step, judges, called, cause(step, judges, fields, list, consulted)))
            .toList();
    var assumed =
        Stream.of(question.assumed(), consulted.sentences(), notCounted(walk))
            .flatMap(List::stream)
            .toList();
    return new Explanation(
        question.packet().family() == Family.IPV4 ? "ipv4" : "ipv6",
        verdict(outcome),
        outcome instanceof Outcome.Rejected(var answer) ? answer.text() : "",
        met.isEmpty() || outcome instanceof Outcome.Unknown ? null : met.getLast(),
        met,
        outcome instanceof Outcome.Unknown(var words)
            ? List.of("nobody knows what this does: " + words)
            : assumed);
  }

  private static List<String> notCounted(Walk walk) {
    return walk.decision().map(Step::isMet).orElse(true)
        ? List.of()
        : List.of("the kernel drops what has no next header where it shall count connections");
  }

  /** The same for who assumes something more. */
  public Explanation assuming(String sentence) {
    return new Explanation(
        family,
        verdict,
        answer,
        decidedBy,
        rules,
        Stream.concat(assumed.stream(), Stream.of(sentence)).toList());
  }

  public boolean isAccepted() {
    return verdict == Word.ACCEPT;
  }

  private static Word verdict(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Passes() -> Word.ACCEPT;
      case Outcome.Dropped() -> Word.DENY;
      case Outcome.Rejected _ -> Word.REJECT;
      case Outcome.Unknown _ -> Word.UNKNOWN;
    };
  }

  private static Met met(Step step, Judges judges, SetWords words, String field) {
    var origin = step.rule().origin();
    return new Met(
        step.table().text(),
        judges.chainName(step.table(), step.chain()),
        step.number(),
        RuleText.of(judges.renamed(step.table(), step.rule())).strip() + words.remark(step.rule()),
        origin.comment(),
        switch (origin) {
          case Origin.PolicyRule(var policy, _) -> policy;
          case Origin.PolicyField(var policy, _) -> policy;
          case Origin.Audited _,
              Origin.Default _,
              Origin.BuiltIn _,
              Origin.Revision _,
              Origin.Foreign _,
              Origin.None _ ->
              "";
        },
        origin instanceof Origin.PolicyRule(_, var rule) ? rule : "",
        field);
  }

  private static String cause(
      Step step, Judges judges, PolicyFields fields, RuleList list, Consulted consulted) {
    return switch (step.rule().origin()) {
      case Origin.PolicyRule origin ->
          fields.rule(origin, list) + part(step, judges, fields, origin, list, consulted);
      case Origin.PolicyField(_, var field) -> "spec." + field;
      case Origin.Default(var field) -> "spec." + field;
      case Origin.Audited _ -> "";
      case Origin.BuiltIn _, Origin.Revision _, Origin.Foreign _, Origin.None _ -> "";
    };
  }

  /** What of a policy's rule decided: what it does, or that a limit was exceeded. */
  private static String part(
      Step step,
      Judges judges,
      PolicyFields fields,
      Origin.PolicyRule origin,
      RuleList list,
      Consulted consulted) {
    if (isLog(step.rule())) {
      return ".logging";
    }
    if (step.rule().matches().stream().anyMatch(Match.ConnectionsAbove.class::isInstance)) {
      return ".connectionLimit";
    }
    var before = chain(step, judges).rules().subList(0, step.number() - 1);
    var isOver =
        before.stream()
            .filter(rule -> rule.origin().equals(origin) && !isLog(rule))
            .flatMap(rule -> rule.matches().stream())
            .anyMatch(match -> match instanceof Match.HashLimit limit && consulted.isOver(limit));
    if (!isOver) {
      return ".action";
    }
    var isSaid =
        fields
            .written(origin, list)
            .map(rule -> rule.rateLimit() != null && rule.rateLimit().exceeded() != null)
            .orElse(false);
    return isSaid ? ".rateLimit.exceeded" : ".rateLimit";
  }

  private static boolean isLog(Rule rule) {
    return rule.verdict() instanceof Verdict.Log || rule.verdict() instanceof Verdict.NetlinkLog;
  }

  private static Chain chain(Step step, Judges judges) {
    return judges.rules().table(step.table()).orElseThrow().chain(step.chain());
  }
}
