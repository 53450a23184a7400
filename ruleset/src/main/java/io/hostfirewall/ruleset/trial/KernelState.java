package io.hostfirewall.ruleset.trial;

import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.TableName;
import io.hostfirewall.ruleset.parse.SaveParser;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What stands of ours in the kernel for one family.
 *
 * @param asleep the kernel's tables that were told to sleep, whoever has rules in them
 */
public record KernelState(Family family, List<TableState> tables, Set<String> asleep) {

  public KernelState {
    tables = List.copyOf(tables);
    asleep = Set.copyOf(asleep);
  }

  /** Nothing of ours. */
  public static KernelState empty(Family family) {
    return read(family, "");
  }

  /**
   * Reads it from what iptables-save printed of the tables that we use, or of all.
   *
   * @throws IllegalArgumentException if iptables-save could not have printed this
   */
  public static KernelState read(Family family, String saved) {
    var used = Arrays.stream(TableName.values()).map(TableName::text).toList();
    var tables = SaveParser.parse(saved, used::contains);
    return new KernelState(
        family,
        Arrays.stream(TableName.values())
            .map(
                name ->
                    TableState.of(
                        name,
                        family,
                        tables.stream()
                            .filter(table -> table.name().equals(name.text()))
                            .findFirst()))
            .toList(),
        Set.of());
  }

  /** The same, of which iptables-save does not say that tables sleep. */
  public KernelState withAsleep(Set<String> names) {
    return new KernelState(family, tables, names);
  }

  /** The kernel's tables that sleep and hold rules of ours. */
  public List<String> oursAsleep() {
    return tables.stream()
        .filter(table -> !table.isEmpty())
        .map(table -> table.name().text())
        .filter(asleep::contains)
        .distinct()
        .toList();
  }

  /** One sentence for each table of {@link #oursAsleep}. */
  public List<String> sleep() {
    return oursAsleep().stream()
        .map(
            table ->
                "no packet meets the rules of table %1$s, which was told to sleep (flags dormant); nft add table %2$s %1$s wakes it"
                    .formatted(table, family == Family.IPV4 ? "ip" : "ip6"))
        .toList();
  }

  public TableState table(TableName name) {
    return tables.stream().filter(table -> table.name() == name).findFirst().orElseThrow();
  }

  public boolean isEmpty() {
    return tables.stream().allMatch(TableState::isEmpty);
  }

  /** Whether a trial is under way, or was and has not been tidied. */
  public boolean isOnTrial() {
    return tables.stream().anyMatch(table -> table.dispatch() instanceof Dispatch.OnTrial);
  }

  /** The revision that decides when no trial is under way. */
  public Optional<String> confirmedRevision() {
    return tables.stream()
        .flatMap(table -> table.confirmed().stream())
        .map(Dispatch.Target::revision)
        .findFirst();
  }
}
