package io.hostfirewall.agent.transaction;

import io.hostfirewall.agent.kernel.Observed;
import io.hostfirewall.ruleset.compile.SetNames;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.parse.SavedSet;
import io.hostfirewall.ruleset.parse.SavedSet.Entry;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Where the trial stands that the kernel holds. */
public sealed interface Trial {

  /** None is under way, and none has left anything behind. */
  record None() implements Trial {}

  /** The new rules decide until the kernel lets them go. */
  record Running(Duration left) implements Trial {}

  /** The new rules were confirmed, and the old ones not yet tidied away. */
  record Confirmed() implements Trial {}

  /** The time ran out: the old rules decide, and the new ones are not yet tidied away. */
  record Expired() implements Trial {}

  /** Reads it. A confirmation that reached only some of the families is none. */
  static Trial of(Observed now, Collection<Family> families) {
    var entries = families.stream().map(family -> entries(now, family)).toList();
    if (entries.stream().allMatch(List::isEmpty)) {
      return now.isOnTrial() ? new Expired() : new None();
    }
    if (entries.stream().allMatch(Trial::isPermanent)) {
      return new Confirmed();
    }
    var left = entries.stream().flatMap(List::stream).mapToLong(Entry::timeout).max().orElse(0);
    return new Running(Duration.ofSeconds(left));
  }

  private static boolean isPermanent(List<Entry> entries) {
    return !entries.isEmpty() && entries.stream().allMatch(entry -> entry.timeout() == 0);
  }

  private static List<Entry> entries(Observed now, Family family) {
    return now.set(SetNames.trial(family)).map(SavedSet::entries).orElse(List.of());
  }

  /** The sets that guard trials. */
  static Stream<String> sets() {
    return Stream.concat(
        Stream.of(Family.values()).map(SetNames::trial), Stream.of(SetNames.lease()));
  }

  /** The first guard that stands as something that cannot guard; none if all is well. */
  static Optional<String> unusable(Observed now) {
    return sets()
        .filter(
            name ->
                now.set(name)
                    .filter(set -> !set.type().equals("hash:net") || !set.hasTimeout())
                    .isPresent())
        .findFirst();
  }
}
