package io.hostfirewall.ruleset.foreign;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tables and chains of a file that is being read. */
final class FileDraft {

  /** A chain that is being read. */
  static final class Draft {
    final int line;
    final List<RuleLine> rules = new ArrayList<>();
    @Nullable String policy;
    boolean declared;

    private Draft(int line, boolean declared) {
      this.line = line;
      this.declared = declared;
    }
  }

  private record DraftTable(int line, Map<String, Draft> chains) {}

  private final Map<String, DraftTable> tables = new LinkedHashMap<>();

  /**
   * Begins a table, which empties it if there is one: what counts of its chains is whether they
   * drop what is left.
   *
   * @return the lines that no longer count
   */
  List<Integer> begin(String table, int line) {
    var before = tables.put(table, new DraftTable(line, new LinkedHashMap<>()));
    if (before == null) {
      return List.of();
    }
    var idle = new ArrayList<Integer>();
    idle.add(before.line());
    before
        .chains()
        .forEach(
            (name, chain) -> {
              chain.rules.forEach(rule -> idle.add(rule.line()));
              if ("DROP".equals(chain.policy)) {
                chain(table, name, chain.line).policy = chain.policy;
              }
            });
    return idle;
  }

  Map<String, Draft> chains(String table, int line) {
    return tables.computeIfAbsent(table, n -> new DraftTable(line, new LinkedHashMap<>())).chains();
  }

  Draft chain(String table, String name, int line) {
    return chains(table, line)
        .computeIfAbsent(name, n -> new Draft(line, Tables.builtIn(table).contains(n)));
  }

  List<RulesFile.Table> finish() {
    return tables.entrySet().stream()
        .map(
            table ->
                new RulesFile.Table(
                    table.getKey(),
                    table.getValue().line(),
                    table.getValue().chains().entrySet().stream().map(FileDraft::finish).toList()))
        .toList();
  }

  private static RulesFile.Chain finish(Map.Entry<String, Draft> chain) {
    var draft = chain.getValue();
    return new RulesFile.Chain(
        chain.getKey(), draft.line, draft.policy, draft.declared, draft.rules);
  }
}
