package io.hostfirewall.agent.transaction;

import io.hostfirewall.agent.kernel.Observed;
import io.hostfirewall.ruleset.compile.SetNames;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.IpSet;
import io.hostfirewall.ruleset.model.RuleSet;
import io.hostfirewall.ruleset.model.Table;
import io.hostfirewall.ruleset.model.TableName;
import io.hostfirewall.ruleset.parse.SavedSet;
import io.hostfirewall.ruleset.trial.Dispatch;
import io.hostfirewall.ruleset.trial.TableState;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The rules of one family that decide packets now, those on trial included.
 *
 * @param rules with plain names of chains; tables to which no packet comes are not among them
 * @param generations by table, what its chains carry in their names
 * @param sets all that the kernel holds of ours
 * @param remarks a sentence for each thing that keeps packets from rules of ours, or may undo what
 *     they let pass
 */
public record InForce(
    RuleSet rules, Map<TableName, String> generations, List<IpSet> sets, List<String> remarks) {

  public InForce {
    sets = List.copyOf(sets);
    remarks = List.copyOf(remarks);
  }

  /** Reads them off what was observed. */
  public static InForce of(Observed now, Family family) {
    var tables = new ArrayList<Table>();
    var generations = new EnumMap<TableName, String>(TableName.class);
    var remarks = new ArrayList<>(ReadBack.drift(now.rules(family)));
    for (var table : now.rules(family).tables()) {
      deciding(now, table)
          .ifPresent(
              target -> {
                tables.add(ReadBack.logical(table, target.generation()));
                generations.put(table.name(), target.generation());
              });
      remarks.addAll(table.neighbours().below());
    }
    var sets = now.sets().stream().flatMap(set -> set.asIpSet().stream()).toList();
    var rules = new RuleSet(family, tables, ReadBack.sets(now, family));
    return new InForce(rules, generations, sets, remarks);
  }

  private static Optional<Dispatch.Target> deciding(Observed now, TableState table) {
    if (table.name().hooks().stream().anyMatch(hook -> table.jumps(hook).isEmpty())) {
      return Optional.empty();
    }
    return switch (table.dispatch()) {
      case Dispatch.AtRest(var target) -> Optional.of(target);
      case Dispatch.OnTrial(var candidate, var confirmed) ->
          isTried(now, table.family()) ? candidate : confirmed;
      case Dispatch.Nowhere() -> Optional.empty();
      case Dispatch.Changed() -> table.confirmed();
    };
  }

  private static boolean isTried(Observed now, Family family) {
    return now.set(SetNames.trial(family))
        .map(SavedSet::entries)
        .filter(e -> !e.isEmpty())
        .isPresent();
  }
}
