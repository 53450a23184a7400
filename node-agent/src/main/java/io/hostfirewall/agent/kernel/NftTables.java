package io.hostfirewall.agent.kernel;

import io.hostfirewall.ruleset.model.Family;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What nft tells of tables and iptables-nft does not: {@code flags dormant} takes all chains of a
 * table out of the way of packets, and leaves them where they are.
 */
record NftTables(Commands commands) {

  /**
   * Flags, or an nft that may keep them back: 1.0.6 prints nonsense over them, nothing, or aborts.
   */
  private static final Pattern FLAGGED = Pattern.compile("\"flags\":|\"version\": *\"(0|1\\.0)\\.");

  private static final Pattern DORMANT =
      Pattern.compile("^\\s*flags .*\\bdormant\\b", Pattern.MULTILINE);

  private record Table(Family family, String name) {

    private static List<Table> all() {
      return Stream.of(Family.values())
          .flatMap(family -> Stream.of("raw", "filter").map(name -> new Table(family, name)))
          .toList();
    }

    private String word() {
      return family == Family.IPV4 ? "ip" : "ip6";
    }
  }

  /** One program if no table has flags, as is usual. */
  Map<Family, Set<String>> asleep() {
    var asleep = new EnumMap<Family, Set<String>>(Family.class);
    for (var table : mayBeFlagged() ? Table.all() : List.<Table>of()) {
      if (isDormant(table)) {
        asleep.computeIfAbsent(table.family(), family -> new HashSet<>()).add(table.name());
      }
    }
    return asleep;
  }

  private boolean mayBeFlagged() {
    try {
      return FLAGGED.matcher(commands.output(List.of("nft", "-j", "list", "tables"))).find();
    } catch (KernelException e) {
      return true;
    }
  }

  /** What is not there is not asleep. */
  private boolean isDormant(Table table) {
    try {
      var rules =
          commands.output(List.of("nft", "-t", "list", "table", table.word(), table.name()));
      return DORMANT.matcher(rules).find();
    } catch (KernelException e) {
      return false;
    }
  }

  /** To add a table that stands changes nothing but its flags. */
  void wake(Family family, String name) throws KernelException {
    var table = new Table(family, name);
    var _ = commands.output(List.of("nft", "add", "table", table.word(), name));
  }
}
