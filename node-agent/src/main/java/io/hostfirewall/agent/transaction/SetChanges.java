package io.hostfirewall.agent.transaction;

import io.hostfirewall.agent.kernel.Observed;
import io.hostfirewall.ruleset.model.IpSet;
import io.hostfirewall.ruleset.parse.SavedSet;
import io.hostfirewall.ruleset.render.SetText;
import io.hostfirewall.ruleset.trial.Difference;
import io.hostfirewall.ruleset.trial.Difference.Kind;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** From the sets that stand to those that are wanted. */
final class SetChanges {

  private SetChanges() {}

  /** Text that creates what is missing and brings every entry up to date; takes no set away. */
  static String bring(Observed now, List<IpSet> wanted) {
    return wanted.stream()
        .distinct()
        .map(
            set ->
                now.set(set.name())
                    .flatMap(SavedSet::asIpSet)
                    .map(standing -> SetText.change(standing, set))
                    .orElseGet(() -> SetText.create(set)))
        .collect(Collectors.joining());
  }

  /** One sentence for each set whose entries are not the wanted ones. */
  static List<Difference> differences(Observed now, List<IpSet> wanted) {
    return wanted.stream()
        .filter(set -> !now.set(set.name()).flatMap(SavedSet::asIpSet).equals(Optional.of(set)))
        .map(set -> difference(now, set.name()))
        .toList();
  }

  private static Difference difference(Observed now, String set) {
    return now.set(set).isEmpty()
        ? new Difference(Kind.SET_MISSING, "set " + set + " is missing")
        : new Difference(Kind.SET_CHANGED, "set " + set + " does not hold what it should");
  }

  /** Our sets that stand and that nothing wanted needs. */
  static List<String> superfluous(Observed now, List<IpSet> wanted, Stream<String> guards) {
    Set<String> needed =
        Stream.concat(wanted.stream().map(IpSet::name), guards).collect(Collectors.toSet());
    return now.sets().stream().map(SavedSet::name).filter(name -> !needed.contains(name)).toList();
  }
}
