package io.hostfirewall.ruleset.walk;

import io.hostfirewall.ruleset.model.Origin;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.RuleSet;
import io.hostfirewall.ruleset.model.Table;
import io.hostfirewall.ruleset.model.TableName;
import io.hostfirewall.ruleset.model.Verdict;
import io.hostfirewall.ruleset.render.RuleText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The way of a packet through rules of ours: first raw, then filter, or those for what the node
 * itself sends.
 *
 * @param steps the rules that it met, in order
 * @param outcome what became of it
 * @param looked how many rules were looked at, met or not
 */
public record Walk(List<Step> steps, Outcome outcome, int looked) {

  /** Rules that lead in circles are refused by iptables-restore, but may stand in a file. */
  private static final int DEEPEST = 64;

  public Walk {
    steps = List.copyOf(steps);
  }

  /** Sends a packet through a rule set. */
  public static Walk of(Packet packet, RuleSet rules, Surroundings surroundings) {
    return new Walker(packet, rules, surroundings).walk();
  }

  public boolean passes() {
    return outcome instanceof Outcome.Passes;
  }

  /** Whether the sender is told that it is refused. */
  public boolean isRejected() {
    return outcome instanceof Outcome.Rejected;
  }

  /** The rule that decided; empty if the packet came to the end without one. */
  public Optional<Step> decision() {
    return steps.isEmpty() ? Optional.empty() : Optional.of(steps.getLast());
  }

  /** Where the rule that decided came from. */
  public Optional<Origin> origin() {
    return decision().map(step -> step.rule().origin());
  }

  /** What comes after a rule or a chain. */
  private sealed interface Turn {
    record Ends(Outcome outcome) implements Turn {}

    record Leaves() implements Turn {}

    record GoesOn() implements Turn {}
  }

  private static final class Walker {

    private final RuleSet rules;
    private final Packet packet;
    private final Surroundings surroundings;
    private final List<Step> steps = new ArrayList<>();
    private Matching matching;
    private int looked;

    Walker(Packet packet, RuleSet rules, Surroundings surroundings) {
      this.rules = rules;
      this.packet = packet;
      this.surroundings = surroundings;
      this.matching = new Matching(packet, surroundings);
    }

    Walk walk() {
      var outcome =
          switch (packet.way()) {
            case OUTPUT -> through(TableName.RAW_OUTPUT, TableName.EGRESS);
            case INPUT, FORWARD -> through(TableName.RAW, TableName.FILTER);
          };
      return new Walk(steps, outcome, looked);
    }

    private Outcome through(TableName raw, TableName filter) {
      var asItCame = new Matching(packet.asItCame(), surroundings);
      matching = asItCame;
      var first = through(raw, raw.hooks().getFirst().entry());
      if (!(first instanceof Outcome.Passes)) {
        return first;
      }
      if (matching.equals(asItCame)) {
        matching = new Matching(packet, surroundings);
      }
      return through(filter, packet.way().name());
    }

    private Outcome through(TableName name, String entry) {
      var turn = rules.table(name).map(table -> chain(table, entry, 0));
      return turn.orElseGet(Turn.Leaves::new) instanceof Turn.Ends(var outcome)
          ? outcome
          : new Outcome.Passes();
    }

    private Turn chain(Table table, String name, int depth) {
      if (depth > DEEPEST) {
        throw new IllegalArgumentException(
            "the chains of table " + table.name().text() + " lead in circles");
      }
      var rules = table.chain(name).rules();
      for (var i = 0; i < rules.size(); i++) {
        var rule = rules.get(i);
        looked++;
        var turn =
            switch (matching.meets(rule)) {
              case NO -> new Turn.GoesOn();
              case UNKNOWN -> new Turn.Ends(new Outcome.Unknown(RuleText.of(rule).strip()));
              case DROPPED -> {
                steps.add(new Step(table.name(), name, i + 1, rule, false));
                yield new Turn.Ends(new Outcome.Dropped());
              }
              case YES -> {
                steps.add(new Step(table.name(), name, i + 1, rule, true));
                yield turn(table, rule, depth);
              }
            };
        if (!(turn instanceof Turn.GoesOn)) {
          return turn;
        }
      }
      return new Turn.Leaves();
    }

    private Turn turn(Table table, Rule rule, int depth) {
      return switch (rule.verdict()) {
        case Verdict.Drop() -> new Turn.Ends(new Outcome.Dropped());
        case Verdict.Reject(var answer) -> new Turn.Ends(new Outcome.Rejected(answer));
        case Verdict.Accept() -> new Turn.Ends(new Outcome.Passes());
        case Verdict.Return() -> new Turn.Leaves();
        case Verdict.Goto(var target) -> chain(table, target, depth + 1);
        case Verdict.Jump(var target) -> {
          var turn = chain(table, target, depth + 1);
          yield turn instanceof Turn.Leaves ? new Turn.GoesOn() : turn;
        }
        case Verdict.Count(), Verdict.Log _, Verdict.NetlinkLog _ -> new Turn.GoesOn();
        case Verdict.Untrack() -> {
          matching = matching.untracked();
          yield new Turn.GoesOn();
        }
        case Verdict.Verbatim(var words) -> new Turn.Ends(new Outcome.Unknown(words));
      };
    }
  }
}
