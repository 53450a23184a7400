package io.hostfirewall.agent.transaction;

import io.hostfirewall.agent.kernel.Observed;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.compile.SetNames;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.IpSet;
import io.hostfirewall.ruleset.parse.SavedSet;
import io.hostfirewall.ruleset.parse.SetParser;
import io.hostfirewall.ruleset.render.SetText;
import io.hostfirewall.ruleset.trial.KernelState;
import io.hostfirewall.ruleset.trial.Steps;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Rule sets as texts that load them into an empty kernel: {@code ipset restore} of the one, {@code
 * iptables-restore --noflush} and {@code ip6tables-restore --noflush} of the others.
 */
final class SavedRules {

  private static final String SETS = "ipset";

  /** The names of all texts of a rule set. */
  static final Set<String> NAMES = Set.of(SETS, file(Family.IPV4), file(Family.IPV6));

  private SavedRules() {}

  /**
   * All texts of a rule set, by the name of their file. That of a family without rules is empty:
   * one that is missing was lost.
   */
  static Map<String, String> texts(Wanted wanted) {
    var texts = new TreeMap<String, String>();
    texts.put(SETS, sets(wanted));
    for (var family : Family.values()) {
      texts.put(file(family), "");
    }
    for (var rules : wanted.rules()) {
      texts.put(file(rules.family()), Steps.fresh(rules.family(), rules, wanted.revision()));
    }
    return texts;
  }

  /** The text of the sets alone. */
  static Map<String, String> setTexts(Wanted wanted) {
    return Map.of(SETS, sets(wanted));
  }

  private static String sets(Wanted wanted) {
    return wanted.sets().stream()
        .distinct()
        .map(SavedRules::asSaved)
        .map(SetText::create)
        .collect(Collectors.joining());
  }

  /** After a boot the kernel tracks no connection, and can track every one. */
  private static IpSet asSaved(IpSet set) {
    return set.name().equals(SetNames.untracked(set.family()))
        ? new IpSet(set.name(), set.type(), set.family(), List.of())
        : set;
  }

  private static String file(Family family) {
    return family == Family.IPV4 ? "ipv4" : "ipv6";
  }

  /**
   * Reads texts.
   *
   * @throws IllegalArgumentException if they are none of ours
   */
  static Wanted read(Map<String, String> texts) {
    var states = new EnumMap<Family, KernelState>(Family.class);
    for (var family : Family.values()) {
      var text = texts.getOrDefault(file(family), "");
      if (!text.isEmpty()) {
        states.put(family, KernelState.read(family, withoutJumps(text)));
      }
    }
    var saved = new Observed(states, SetParser.parse(texts.getOrDefault(SETS, "")));
    return standing(saved, List.copyOf(states.keySet()));
  }

  /** Those that stand at rest in the kernel. */
  static Wanted standing(Observed now) {
    var families =
        now.rules().values().stream()
            .filter(state -> !state.isEmpty())
            .map(KernelState::family)
            .toList();
    return families.isEmpty() ? Wanted.nothing() : standing(now, families);
  }

  private static Wanted standing(Observed now, List<Family> families) {
    return new Wanted(
        families.stream().map(family -> ReadBack.rules(now, family)).toList(),
        liveSets(now.sets()),
        List.of(),
        NodeFacts.Door.NONE,
        false,
        now.confirmedRevision().orElse(""));
  }

  /** A text that loads inserts our jumps, and what iptables-save prints never does. */
  private static String withoutJumps(String text) {
    return text.lines()
        .filter(line -> !line.startsWith("-I "))
        .map(line -> line + "\n")
        .collect(Collectors.joining());
  }

  private static List<IpSet> liveSets(List<SavedSet> sets) {
    var guards = Trial.sets().toList();
    return sets.stream()
        .filter(set -> !guards.contains(set.name()))
        .filter(
            set ->
                Stream.of(Family.values())
                    .noneMatch(family -> set.name().startsWith(SetNames.ruleSetPrefix(family))))
        .flatMap(set -> set.asIpSet().stream())
        .toList();
  }

  /**
   * The same with the contents that its live sets have in the kernel: they went on changing after
   * they were written down. One that is empty there may have been emptied by somebody.
   */
  static Wanted withLiveSets(Wanted wanted, Observed now) {
    return wanted.withLiveSets(
        wanted.liveSets().stream().map(set -> standing(now, set).orElse(set)).toList());
  }

  private static Optional<IpSet> standing(Observed now, IpSet set) {
    return now.set(set.name())
        .flatMap(SavedSet::asIpSet)
        .filter(found -> found.type() == set.type() && found.family() == set.family())
        .filter(found -> !found.entries().isEmpty());
  }
}
