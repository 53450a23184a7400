package io.hostfirewall.ruleset.importing;

import io.hostfirewall.ruleset.foreign.Mistake;
import io.hostfirewall.ruleset.foreign.RuleLine;
import io.hostfirewall.ruleset.foreign.RulesFile;
import io.hostfirewall.ruleset.foreign.RulesFile.Table;
import java.util.HashSet;
import java.util.Set;

/** Says something about every rule that no chain led to. */
final class Leftovers {

  private static final Set<String> FOLLOWED = Set.of("raw", "mangle", "filter");

  private final RulesFile file;
  private final Notes notes;
  private final boolean entangled;

  /**
   * @param entangled whether chains could not be followed to their end
   */
  Leftovers(RulesFile file, Notes notes, boolean entangled) {
    this.file = file;
    this.notes = notes;
    this.entangled = entangled;
  }

  void say() {
    file.mistakes().forEach(this::mistake);
    for (var table : file.tables()) {
      if (FOLLOWED.contains(table.name())) {
        uncalled(table);
      } else if (table.exists()) {
        table.chains().forEach(chain -> chain.rules().forEach(rule -> foreign(table, rule)));
      } else {
        table.chains().forEach(chain -> chain.rules().forEach(rule -> ofNoTable(table, rule)));
      }
    }
  }

  private void mistake(Mistake mistake) {
    var line = mistake.line();
    var column = mistake.column();
    switch (mistake.reading()) {
      case COUNTS -> notes.mistake(line, column, mistake.sentence());
      case PASSED_OVER ->
          notes.notRead(line, column, mistake.sentence(), Packets.all(file.family()));
      case IDLE -> notes.notRead(line, column, mistake.sentence(), null);
    }
  }

  /** Host Firewall does not translate addresses; what does, must stay. */
  private void foreign(Table table, RuleLine rule) {
    var target = rule.target();
    var translates = target != null && target.name().matches("DNAT|REDIRECT|TPROXY|NETMAP");
    notes.notCarriedOver(
        rule.line(),
        "table %s is none of Host Firewall's, which neither writes nor removes its rules. Let it be loaded as before."
            .formatted(table.name()),
        translates
            ? ConditionReader.read(
                    rule, file.family(), Hook.FORWARD, table.name(), new Notes(file.name()))
                .packets()
            : null);
  }

  private void ofNoTable(Table table, RuleLine rule) {
    notes.notCarriedOver(
        rule.line(),
        "it stands in table %s, which iptables does not have.".formatted(table.name()),
        Packets.all(file.family()));
  }

  private void uncalled(Table table) {
    var calls = new HashSet<String>();
    table.chains().stream()
        .flatMap(chain -> chain.rules().stream())
        .map(Act::of)
        .filter(Act.Calls.class::isInstance)
        .forEach(act -> calls.add(((Act.Calls) act).chain()));
    for (var chain : table.chains()) {
      var called = calls.contains(chain.name()) || table.begins(chain.name());
      for (var rule : chain.rules()) {
        if (notes.speakOf(rule.line())) {
          continue;
        }
        if (entangled) {
          notes.notCarriedOver(rule.line(), "its chain could not be followed.", null);
        } else if (called || chain.declared()) {
          notes.alreadySo(rule.line(), why(chain.name(), called));
        } else {
          notes.notCarriedOver(
              rule.line(),
              "its chain %s is not declared, and no rule leads there.".formatted(chain.name()),
              Packets.all(file.family()));
        }
      }
    }
  }

  private static String why(String chain, boolean called) {
    if (OtherPrograms.write(chain)) {
      return OtherPrograms.sentence(chain);
    }
    return called
        ? "no new packet to one of the node's own addresses comes this far."
        : "no rule leads to chain %s.".formatted(chain);
  }
}
