package io.hostfirewall.agent.transaction;

import io.hostfirewall.agent.kernel.Observed;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.RuleSet;
import io.hostfirewall.ruleset.render.Generation;
import io.hostfirewall.ruleset.trial.Difference;
import io.hostfirewall.ruleset.trial.Difference.Kind;
import io.hostfirewall.ruleset.trial.Dispatch;
import io.hostfirewall.ruleset.trial.TableState;
import io.hostfirewall.ruleset.trial.Verification;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Compares what stands in the kernel with what is wanted there. */
public final class Standing {

  private Standing() {}

  /** One sentence for each difference from what is wanted, at rest; empty if it is enforced. */
  public static List<Difference> differences(Observed now, Wanted wanted) {
    if (wanted.isNothing()) {
      return now.isEmpty()
          ? List.of()
          : List.of(new Difference(Kind.LEFT_OVER, "rules or sets of ours are left"));
    }
    var differences = new ArrayList<Difference>();
    for (var rules : wanted.rules()) {
      Verification.differences(now.rules(rules.family()), rules, wanted.revision())
          .forEach(difference -> differences.add(difference.of(named(rules.family()))));
    }
    differences.addAll(SetChanges.differences(now, wanted.sets()));
    return List.copyOf(differences);
  }

  /** The same while it is on trial: the new chains are as meant, and reached. */
  static List<Difference> differencesOnTrial(
      Observed now, Wanted wanted, Collection<Family> families) {
    var differences = new ArrayList<Difference>();
    if (!(Trial.of(now, families) instanceof Trial.Running(Duration left) && left.isPositive())) {
      differences.add(new Difference(Kind.TRIAL_ENDED, "the trial ended before it was confirmed"));
    }
    for (var family : families) {
      var rules = wanted.rules(family);
      if (rules.isPresent()) {
        Verification.asleep(now.rules(family))
            .forEach(difference -> differences.add(difference.of(named(family))));
      }
      rules.ifPresent(
          meant ->
              Verification.ofChains(now.rules(family), meant)
                  .forEach(difference -> differences.add(difference.of(named(family)))));
      for (var table : now.rules(family).tables()) {
        if (!isReached(table, rules)) {
          differences.add(
              new Difference(
                      Kind.DISPATCHER_CHANGED,
                      "the new rules of table " + table.name().text() + " are not reached")
                  .of(named(family)));
        }
      }
    }
    differences.addAll(SetChanges.differences(now, wanted.sets()));
    return List.copyOf(differences);
  }

  /** Whether all is well but for others that let packets by before our rules. */
  static boolean onlyOrder(List<Difference> differences) {
    return !differences.isEmpty()
        && differences.stream().allMatch(difference -> difference.kind() == Kind.ORDER);
  }

  static boolean anyOrder(List<Difference> differences) {
    return differences.stream().anyMatch(difference -> difference.kind() == Kind.ORDER);
  }

  /** Sentences on rules of others that may drop what ours let pass. */
  static List<String> droppedBelow(Observed now) {
    return now.rules().values().stream()
        .flatMap(
            state ->
                state.tables().stream()
                    .flatMap(table -> table.neighbours().below().stream())
                    .map(sentence -> named(state.family()) + ": " + sentence))
        .toList();
  }

  private static boolean isReached(TableState table, Optional<RuleSet> rules) {
    var meant =
        rules.flatMap(set -> set.table(table.name())).map(Generation::of).map(Generation::id);
    var decides =
        switch (table.dispatch()) {
          case Dispatch.AtRest(var target) -> Optional.of(target.generation()).equals(meant);
          case Dispatch.OnTrial(var candidate, _) ->
              candidate.map(Dispatch.Target::generation).equals(meant);
          case Dispatch.Nowhere() -> meant.isEmpty();
          case Dispatch.Changed() -> false;
        };
    return decides
        && (table.dispatch() instanceof Dispatch.Nowhere
            || table.name().hooks().stream()
                .allMatch(hook -> table.jumps(hook).equals(List.of(TableState.jump(hook)))));
  }

  private static String named(Family family) {
    return family == Family.IPV4 ? "IPv4" : "IPv6";
  }
}
