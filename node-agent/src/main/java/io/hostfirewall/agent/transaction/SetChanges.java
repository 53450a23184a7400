package io.hostfirewall.agent.transaction;

import io.hostfirewall.agent.kernel.Observed;
import io.hostfirewall.ruleset.compile.SetNames;
import io.hostfirewall.ruleset.model.IpSet;
import io.hostfirewall.ruleset.parse.SavedSet;
import io.hostfirewall.ruleset.render.SetText;
import io.hostfirewall.ruleset.trial.Difference;
import io.hostfirewall.ruleset.trial.Difference.Kind;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** From the sets that stand to those that are wanted. */
final class SetChanges {

  /**
   * More entries than this are not changed one by one: a set that is filled beside takes the place,
   * so that no packet meets it half full.
   */
  private static final int BY_ENTRY = 1000;

  private SetChanges() {}

  /** Text that creates what is missing and brings every entry up to date; takes no set away. */
  static String bring(Observed now, List<IpSet> wanted) {
    return wanted.stream()
        .distinct()
        .map(
            set ->
                now.set(set.name())
                    .flatMap(standing -> change(now, standing, set))
                    .orElseGet(() -> SetText.create(set)))
        .collect(Collectors.joining());
  }

  private static Optional<String> change(Observed now, SavedSet standing, IpSet wanted) {
    return standing
        .asIpSet()
        .map(
            found ->
                Optional.of(wanted)
                    .filter(set -> set.entries().size() <= standing.room().orElse(SetText.ROOM))
                    .flatMap(set -> byEntry(found, set))
                    .orElseGet(() -> replace(now, wanted)));
  }

  private static String replace(Observed now, IpSet wanted) {
    var spare = SetNames.spare(wanted.name());
    var left = now.set(spare).map(set -> SetText.destroy(List.of(spare))).orElse("");
    return left + SetText.replace(wanted, spare);
  }

  /** The few lines that change a set; empty if they would be many. */
  private static Optional<String> byEntry(IpSet from, IpSet to) {
    if (from.equals(to)) {
      return Optional.of("");
    }
    return Math.abs(from.entries().size() - to.entries().size()) > BY_ENTRY
        ? Optional.empty()
        : Optional.of(SetText.change(from, to))
            .filter(text -> text.lines().limit(BY_ENTRY + 1).count() <= BY_ENTRY);
  }

  /**
   * The few lines that change sets which hold what they should; of others, and of large changes,
   * nothing.
   */
  static String byEntry(List<IpSet> standing, List<IpSet> wanted) {
    var before = standing.stream().collect(Collectors.toMap(IpSet::name, set -> set, (a, b) -> a));
    return wanted.stream()
        .flatMap(
            set ->
                Optional.ofNullable(before.get(set.name()))
                    .flatMap(from -> byEntry(from, set))
                    .stream())
        .collect(Collectors.joining());
  }

  /** One sentence for each set whose entries are not the wanted ones. */
  static List<Difference> differences(Observed now, List<IpSet> wanted) {
    return wanted.stream()
        .filter(set -> !now.set(set.name()).flatMap(SavedSet::asIpSet).equals(Optional.of(set)))
        .map(set -> difference(now, set.name()))
        .toList();
  }

  /** One sentence for each set that holds something else. */
  static List<Difference> differences(List<IpSet> standing, List<IpSet> wanted) {
    return wanted.stream()
        .filter(set -> !standing.contains(set))
        .map(set -> new Difference(Kind.SET_CHANGED, "set " + set.name() + " was to change"))
        .toList();
  }

  private static Difference difference(Observed now, String set) {
    return now.set(set).isEmpty()
        ? new Difference(Kind.SET_MISSING, "set " + set + " is missing")
        : new Difference(Kind.SET_CHANGED, "set " + set + " does not hold what it should");
  }

  /** Our sets that stand and that neither what is wanted needs nor a trial of what comes after. */
  static List<String> superfluous(Observed now, Wanted wanted) {
    var guards = wanted.isNothing() ? Stream.<String>empty() : Trial.sets();
    return superfluous(now, Stream.concat(wanted.sets().stream().map(IpSet::name), guards));
  }

  /** Our sets that stand and are not among some. */
  static List<String> superfluous(Observed now, Stream<String> kept) {
    var needed = kept.collect(Collectors.toSet());
    return now.sets().stream().map(SavedSet::name).filter(name -> !needed.contains(name)).toList();
  }
}
