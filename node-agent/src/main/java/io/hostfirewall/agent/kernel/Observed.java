package io.hostfirewall.agent.kernel;

import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.parse.SavedSet;
import io.hostfirewall.ruleset.trial.KernelState;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What stands of ours in the kernel: rules by family, and sets. */
public record Observed(Map<Family, KernelState> rules, List<SavedSet> sets) {

  public Observed {
    rules = new EnumMap<>(rules);
    sets = List.copyOf(sets);
  }

  public KernelState rules(Family family) {
    return rules.getOrDefault(family, KernelState.empty(family));
  }

  public Optional<SavedSet> set(String name) {
    return sets.stream().filter(set -> set.name().equals(name)).findFirst();
  }

  public boolean isEmpty() {
    return sets.isEmpty() && rules.values().stream().allMatch(KernelState::isEmpty);
  }

  public boolean isOnTrial() {
    return rules.values().stream().anyMatch(KernelState::isOnTrial);
  }

  /** The revision that decides when no trial is under way. */
  public Optional<String> confirmedRevision() {
    return rules.values().stream().flatMap(state -> state.confirmedRevision().stream()).findFirst();
  }
}
