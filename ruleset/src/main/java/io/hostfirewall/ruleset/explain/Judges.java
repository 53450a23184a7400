package io.hostfirewall.ruleset.explain;

import io.hostfirewall.ruleset.model.IpSet;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.RuleSet;
import io.hostfirewall.ruleset.model.TableName;
import io.hostfirewall.ruleset.render.Generation;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The rules that judge packets, and what is in sets.
 *
 * @param rules with plain names of chains
 * @param generations by table, the name in the kernel of that table's chains
 */
public record Judges(RuleSet rules, Map<TableName, String> generations, List<IpSet> sets) {

  public Judges {
    generations = generations.isEmpty() ? Map.of() : new EnumMap<>(generations);
    sets = List.copyOf(sets);
  }

  /** Rules that are not loaded, with the names that they would have. */
  public static Judges of(RuleSet rules, List<IpSet> sets) {
    var generations = new EnumMap<TableName, String>(TableName.class);
    rules.tables().forEach(table -> generations.put(table.name(), Generation.of(table).id()));
    return new Judges(rules, generations, sets);
  }

  String chainName(TableName table, String chain) {
    var generation = generations.get(table);
    return generation == null ? chain : Generation.chainName(chain, generation);
  }

  Rule renamed(TableName table, Rule rule) {
    return rule.renamed(chain -> chainName(table, chain));
  }
}
