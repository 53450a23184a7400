package io.hostfirewall.agent.transaction;

import io.hostfirewall.agent.kernel.Observed;
import io.hostfirewall.ruleset.compile.SetNames;
import io.hostfirewall.ruleset.model.ContentHash;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.IpSet;
import io.hostfirewall.ruleset.model.RuleSet;
import io.hostfirewall.ruleset.model.Table;
import io.hostfirewall.ruleset.render.Generation;
import io.hostfirewall.ruleset.trial.Dispatch;
import io.hostfirewall.ruleset.trial.KernelState;
import io.hostfirewall.ruleset.trial.TableState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What the kernel says of itself, for those who do not know what is wanted: a generation is named
 * by its content, so that a changed one gives itself away.
 */
public final class ReadBack {

  private ReadBack() {}

  /** The same as {@link Wanted#hash()} if exactly that stands at rest; empty if nothing does. */
  public static String hash(Observed now, Collection<Family> families) {
    var hashes = families.stream().map(family -> rules(now, family)).toList();
    return hashes.stream().allMatch(rules -> rules.tables().isEmpty())
        ? ""
        : ContentHash.shortOf(
            hashes.stream().map(Generation::hash).collect(Collectors.joining(" ")));
  }

  /** The rules of a family at rest, as they were compiled. */
  static RuleSet rules(Observed now, Family family) {
    var tables =
        now.rules(family).tables().stream().flatMap(table -> logical(table).stream()).toList();
    return new RuleSet(family, tables, sets(now, family));
  }

  static List<IpSet> sets(Observed now, Family family) {
    return now.sets().stream()
        .filter(set -> set.name().startsWith(SetNames.ruleSetPrefix(family)))
        .flatMap(set -> set.asIpSet().stream())
        .toList();
  }

  private static Optional<Table> logical(TableState table) {
    return table.dispatch() instanceof Dispatch.AtRest(var target)
        ? Optional.of(logical(table, target.generation()))
        : Optional.empty();
  }

  /** The table as it was compiled: chains without the generation in their names. */
  static Table logical(TableState table, String generation) {
    var suffix = "-" + generation;
    return table
        .generation(generation)
        .renamed(
            chain ->
                chain.startsWith(Table.CHAIN_PREFIX) && chain.endsWith(suffix)
                    ? chain.substring(Table.CHAIN_PREFIX.length(), chain.length() - suffix.length())
                    : chain);
  }

  /** One sentence for each thing that somebody changed in the rules of a family. */
  public static List<String> drift(KernelState state) {
    var drift = new ArrayList<String>();
    for (var table : state.tables()) {
      var place = "table " + table.name().text();
      for (var hook : table.name().hooks()) {
        if (!table.isEmpty() && table.jumps(hook).size() != 1) {
          drift.add(
              "%s: %s holds %d jumps to %s instead of one"
                  .formatted(place, hook.builtIn(), table.jumps(hook).size(), hook.dispatcher()));
        }
      }
      drift.addAll(table.neighbours().above());
      switch (table.dispatch()) {
        case Dispatch.AtRest(var target) -> {
          if (!logical(table)
              .map(Generation::of)
              .map(Generation::id)
              .equals(Optional.of(target.generation()))) {
            drift.add(
                place + ": the chains of generation " + target.generation() + " were changed");
          }
        }
        case Dispatch.Changed() -> drift.add(place + ": the dispatchers were changed");
        case Dispatch.Nowhere() -> {
          if (!(table.name().isAlwaysThere() ? state.isEmpty() : table.isEmpty())) {
            drift.add(place + ": the dispatchers are missing or empty");
          }
        }
        case Dispatch.OnTrial _ -> {}
      }
    }
    drift.addAll(state.sleep());
    return List.copyOf(drift);
  }
}
