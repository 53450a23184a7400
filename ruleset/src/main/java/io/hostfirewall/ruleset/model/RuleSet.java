package io.hostfirewall.ruleset.model;

import java.util.List;
import java.util.Optional;

/**
 * What is loaded into one node's kernel for one family. A value: equal content, equal hash, equal
 * text.
 *
 * @param sets those whose content belongs to the rules; sets that change by themselves are {@code
 *     LiveSets}
 */
public record RuleSet(Family family, List<Table> tables, List<IpSet> sets) {

  public RuleSet {
    tables = List.copyOf(tables);
    sets = List.copyOf(sets);
  }

  public Optional<Table> table(TableName name) {
    return tables.stream().filter(table -> table.name() == name).findFirst();
  }
}
