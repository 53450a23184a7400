package io.hostfirewall.ruleset.trial;

import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.TableName;
import io.hostfirewall.ruleset.parse.SaveParser;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What stands of ours in the kernel for one family. */
public record KernelState(Family family, List<TableState> tables) {

  public KernelState {
    tables = List.copyOf(tables);
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
            .toList());
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
