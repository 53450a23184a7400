package io.hostfirewall.ruleset.foreign;

import io.hostfirewall.ruleset.model.Family;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file of rules as it was read.
 *
 * @param family the one that its content or name tells; IPv4 if neither does
 */
public record RulesFile(String name, Family family, List<Table> tables, List<Mistake> mistakes) {

  /**
   * A table.
   *
   * @param line where it begins
   */
  public record Table(String name, int line, List<Chain> chains) {
    public Table {
      chains = List.copyOf(chains);
    }

    /** Whether iptables has such a table. */
    public boolean exists() {
      return Tables.has(name);
    }

    /** Whether the table has this chain from the beginning. */
    public boolean begins(String chain) {
      return Tables.builtIn(name).contains(chain);
    }

    public Optional<Chain> chain(String name) {
      return chains.stream().filter(chain -> chain.name().equals(name)).findFirst();
    }
  }

  /**
   * A chain.
   *
   * @param line where it was declared, or where its first rule stands
   * @param policy what happens at its end; null if nothing says so
   * @param declared whether the table has it from the beginning or a line declares it
   */
  public record Chain(
      String name, int line, @Nullable String policy, boolean declared, List<RuleLine> rules) {
    public Chain {
      rules = List.copyOf(rules);
    }
  }

  public RulesFile {
    tables = List.copyOf(tables);
    mistakes = List.copyOf(mistakes);
  }

  /** Why it does not show the rules of a host; empty if it does. */
  public Optional<String> lack() {
    var filter = table(Tables.FILTER);
    var missing = tables.stream().map(Table::name).filter(name -> !Tables.has(name)).findFirst();
    if (filter.isEmpty() && missing.isPresent()) {
      return missing.map(Tables::missing);
    }
    if (filter.isEmpty()) {
      return tables.isEmpty()
          ? Optional.of("no table and no rule of iptables is in it.")
          : Optional.empty();
    }
    return filter.get().chains().stream().anyMatch(RulesFile::isWay)
        ? Optional.empty()
        : Optional.of(
            "table filter says nothing of INPUT, FORWARD and OUTPUT, where every packet begins.");
  }

  private static boolean isWay(Chain chain) {
    return Tables.builtIn(Tables.FILTER).contains(chain.name())
        && (chain.policy() != null || !chain.rules().isEmpty());
  }

  public Optional<Table> table(String name) {
    return tables.stream().filter(table -> table.name().equals(name)).findFirst();
  }
}
