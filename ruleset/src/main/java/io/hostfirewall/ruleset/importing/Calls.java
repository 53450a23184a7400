package io.hostfirewall.ruleset.importing;

import io.hostfirewall.ruleset.foreign.RulesFile.Table;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;

/** Which chains of a table lead to which. */
final class Calls {

  private Calls() {}

  /** Whether a chain leads to another, or is it. */
  static boolean reach(Table table, String from, String to) {
    var seen = new HashSet<String>();
    var open = new ArrayDeque<String>(List.of(from));
    while (!open.isEmpty()) {
      var name = open.remove();
      if (name.equals(to)) {
        return true;
      }
      if (seen.add(name)) {
        table.chain(name).stream()
            .flatMap(chain -> chain.rules().stream())
            .map(Act::of)
            .filter(Act.Calls.class::isInstance)
            .forEach(act -> open.add(((Act.Calls) act).chain()));
      }
    }
    return false;
  }
}
