package io.hostfirewall.ruleset.model;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Our chains in one table. In a rule set their names are plain ({@code INPUT}); in the kernel they
 * carry the generation, which is the hash of the table's content, so that an old and a new one
 * stand beside each other.
 */
public record Table(TableName name, List<Chain> chains) {

  /** How the names of all our chains begin. */
  public static final String CHAIN_PREFIX = "HFW-";

  public Table {
    chains = List.copyOf(chains);
  }

  /**
   * One of its chains.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public Chain chain(String name) {
    return chains.stream()
        .filter(chain -> chain.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no chain %s in table %s".formatted(name, this.name.text())));
  }

  /** This table with other names for its chains, and for them in its rules. */
  public Table renamed(UnaryOperator<String> names) {
    return new Table(
        name,
        chains.stream()
            .map(
                chain ->
                    new Chain(
                        names.apply(chain.name()),
                        chain.rules().stream().map(rule -> rule.renamed(names)).toList()))
            .toList());
  }
}
