package io.hostfirewall.ruleset.importing;

import io.hostfirewall.api.v1alpha1.Action;
import io.hostfirewall.ruleset.foreign.RuleLine;
import io.hostfirewall.ruleset.model.Family;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What there is to say about limits, and about lines that are left what is beyond them. */
final class LimitNotes {

  private record Left(RuleLine rule, int limit) {}

  private final Family family;
  private final Notes notes;
  private final Map<Integer, Left> left = new TreeMap<>();

  LimitNotes(Family family, Notes notes) {
    this.family = family;
    this.notes = notes;
  }

  /** A limit that is carried over. */
  void limited(
      RuleLine rule, Condition condition, Packets met, List<Decision> beyond, int repliesAt) {
    var isPing = met.payload() instanceof Payload.Icmp;
    var isRate = condition.budget() instanceof Budget.Rate;
    if (isPing && isRate && repliesAt > 0) {
      notes.mistake(
          rule.line(),
          0,
          ("a ping is one established connection from its second packet on, and line %d lets that"
                  + " pass: this limit sees only first packets. Host Firewall limits every one.")
              .formatted(repliesAt));
    } else if (isRate && !isPing && repliesAt == 0 && !asksForNew(rule)) {
      notes.mistake(
          rule.line(),
          0,
          "this limit counts every packet of every connection. Host Firewall counts new"
              + " connections.");
    }
    if (condition.budget() instanceof Budget.Connections) {
      connections(rule, met, beyond);
    }
    if (condition.budget() instanceof Budget.Rate rate && !rate.perSource()) {
      notes.mistake(
          rule.line(),
          0,
          "all sources share this limit, so that one attacker can shut out everybody. Leave out per:"
              + " Node to give each its own.");
    }
  }

  private void connections(RuleLine rule, Packets met, List<Decision> beyond) {
    if (beyond.stream().anyMatch(decision -> decision.action() == Action.REJECT)) {
      notes.notCarriedOver(
          rule.line(),
          "its answer: connectionLimit drops what exceeds it, silently, so that who is refused waits.",
          null);
    }
    if (family == Family.IPV6) {
      notes.notCarriedOver(
          rule.line(),
          "connectionLimit counts a /64 of IPv6 as one source, and this line each address: write a higher perSource if hosts of one network share it.",
          met);
    }
  }

  private static boolean asksForNew(RuleLine rule) {
    return rule.options().stream()
        .anyMatch(o -> Set.of("--state", "--ctstate", "--syn", "--tcp-flags").contains(o.name()));
  }

  /** A line that accepts what does not exceed a limit of another. */
  void within(RuleLine limiting, int line) {
    if (line > 0) {
      notes.carriedOver(
          line, "it accepts what is within the limit of line %d.".formatted(limiting.line()));
    }
  }

  /** A line that refuses what exceeds a limit of another. */
  void beyond(RuleLine limiting, int line) {
    if (line > 0) {
      notes.carriedOver(
          line, "it refuses what exceeds the limit of line %d.".formatted(limiting.line()));
    }
  }

  void limitWithoutEffect(RuleLine rule, Action action, List<Decision> beyond) {
    var by = beyond.stream().map(Decision::line).filter(line -> line > 0).findFirst();
    notes.mistake(
        rule.line(),
        0,
        "the limit decides nothing: what is beyond it is %s, too, %s."
            .formatted(
                action == Action.ACCEPT ? "accepted" : "refused",
                by.map(line -> "by line " + line).orElse("by the policy of the chain")));
    notes.alreadySo(rule.line(), "it decides nothing, in the file as in the policy.");
  }

  void limitLost(RuleLine rule, Packets met) {
    notes.notCarriedOver(
        rule.line(),
        "its limit: what happens to packets beyond it depends on more than a policy can say beside"
            + " a limit. What is within it is decided as before.",
        met);
  }

  /** A line looks at packets that are within a limit, or beyond it. */
  void left(RuleLine rule, int limit) {
    left.putIfAbsent(rule.line(), new Left(rule, limit));
  }

  /** Of lines that no other packets came to. */
  void sayWhatIsLeft() {
    left.values().stream().filter(one -> !notes.speakOf(one.rule().line())).forEach(this::say);
  }

  private void say(Left one) {
    var line = one.rule().line();
    switch (Act.of(one.rule())) {
      case Act.Calls(var chain, _) ->
          notes.alreadySo(line, "its chain %s was followed.".formatted(chain));
      case Act.Returns(), Act.Counts() ->
          notes.alreadySo(
              line, "it decides nothing beside the limit of line %d.".formatted(one.limit()));
      case Act.Logs() ->
          notes.notCarriedOver(
              line,
              "a policy does not log what the limit of line %d leaves to it: write logging at the rule with the limit, or beside defaultActions."
                  .formatted(one.limit()),
              null);
      case Act.Accepts(), Act.Decides(_), Act.Other(_, _) ->
          notes.notCarriedOver(
              line,
              "it is about what the limit of line %d leaves to it, which a policy cannot say."
                  .formatted(one.limit()),
              null);
    }
  }
}
