package io.hostfirewall.ruleset.trial;

import io.hostfirewall.ruleset.compile.SetNames;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.Origin;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.TableName.Hook;
import io.hostfirewall.ruleset.model.Verdict;
import io.hostfirewall.ruleset.render.Generation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where a dispatcher sends its packets. */
public sealed interface Dispatch {

  /** A generation and the revision that it was made from. */
  record Target(String generation, String revision) {}

  Rule NOTHING_YET =
      new Rule(List.of(), new Verdict.Return(), new Origin.BuiltIn("nothing before this trial"));

  /** There is no dispatcher, or it sends nowhere. */
  record Nowhere() implements Dispatch {}

  record AtRest(Target target) implements Dispatch {}

  /**
   * To one generation while the trial set has entries, otherwise to the other; empty stands for
   * nothing of ours. Last, and not reached, stands what remains if the candidate is confirmed, so
   * that ending a trial only takes rules away.
   */
  record OnTrial(Optional<Target> candidate, Optional<Target> confirmed) implements Dispatch {}

  /** The dispatcher holds rules that we do not write. */
  record Changed() implements Dispatch {}

  /** The rules of a dispatcher that sends so. */
  static List<Rule> rules(Dispatch dispatch, Hook hook, Family family) {
    return switch (dispatch) {
      case Nowhere() -> List.of();
      case Changed() -> throw new IllegalArgumentException("nobody writes a changed dispatcher");
      case AtRest(var target) -> List.of(send(List.of(), hook, target));
      case OnTrial(var candidate, var confirmed) -> {
        List<Match> guard = List.of(Match.InSet.source(SetNames.trial(family)));
        var rules = new ArrayList<Rule>();
        rules.add(
            candidate
                .map(target -> send(guard, hook, target))
                .orElse(
                    new Rule(guard, new Verdict.Return(), new Origin.BuiltIn("trial of nothing"))));
        confirmed.ifPresentOrElse(
            target -> rules.add(send(List.of(), hook, target)), () -> rules.add(NOTHING_YET));
        candidate.ifPresent(target -> rules.add(send(List.of(), hook, target)));
        yield List.copyOf(rules);
      }
    };
  }

  private static Rule send(List<Match> guard, Hook hook, Target target) {
    return new Rule(
        guard,
        new Verdict.Goto(Generation.chainName(hook.entry(), target.generation())),
        new Origin.Revision(target.revision()));
  }

  /** Reads the rules of a dispatcher. */
  static Dispatch read(List<Rule> rules, Hook hook, Family family) {
    if (rules.isEmpty()) {
      return new Nowhere();
    }
    var candidate = target(rules.getFirst(), hook);
    var confirmed = rules.size() > 1 ? target(rules.get(1), hook) : Optional.<Target>empty();
    var possible =
        candidate.isPresent() && rules.getFirst().matches().isEmpty()
            ? new AtRest(candidate.get())
            : new OnTrial(candidate, confirmed);
    return rules(possible, hook, family).equals(rules) ? possible : new Changed();
  }

  /** Where a rule of a dispatcher sends, guarded or not; empty if it is not one of ours. */
  static Optional<Target> target(Rule rule, Hook hook) {
    var prefix = hook.dispatcher() + "-";
    return rule.verdict() instanceof Verdict.Goto(var chain)
            && chain.startsWith(prefix)
            && rule.origin() instanceof Origin.Revision(var revision)
        ? Optional.of(new Target(chain.substring(prefix.length()), revision))
        : Optional.empty();
  }
}
