package io.hostfirewall.ruleset.render;

import io.hostfirewall.ruleset.model.Chain;
import io.hostfirewall.ruleset.model.ContentHash;
import io.hostfirewall.ruleset.model.IpSet;
import io.hostfirewall.ruleset.model.RuleSet;
import io.hostfirewall.ruleset.model.Table;
import java.util.Comparator;
import java.util.stream.Collectors;

/**
 * A table as it stands in the kernel: its chains carry the generation in their names, {@code
 * HFW-INPUT-1f0c39ab}.
 *
 * @param id eight hexadecimal digits, the hash of the table's text
 * @param table with the names that its chains have in the kernel
 */
public record Generation(String id, Table table) {

  private static final int DIGITS = 8;

  /** The generation of a table whose chains have plain names. */
  public static Generation of(Table table) {
    var id = ContentHash.of(text(table)).substring(0, DIGITS);
    return new Generation(id, table.renamed(chain -> chainName(chain, id)));
  }

  /** The name in the kernel of a table's chain. */
  public static String chainName(String chain, String generation) {
    return Table.CHAIN_PREFIX + chain + "-" + generation;
  }

  /** Twelve hexadecimal digits that stand for the content of a rule set. */
  public static String hash(RuleSet rules) {
    return ContentHash.shortOf(
        rules.tables().stream().map(Generation::text).collect(Collectors.joining())
            + rules.sets().stream().map(IpSet::name).sorted().collect(Collectors.joining(" ")));
  }

  /** Chains sorted, because iptables-save prints them so: what is read back has the same hash. */
  private static String text(Table table) {
    return table.name().text()
        + "\n"
        + table.chains().stream()
            .sorted(Comparator.comparing(Chain::name))
            .map(chain -> ":" + chain.name() + "\n" + RuleText.of(chain))
            .collect(Collectors.joining());
  }
}
