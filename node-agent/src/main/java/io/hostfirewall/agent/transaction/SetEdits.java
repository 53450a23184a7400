package io.hostfirewall.agent.transaction;

import io.hostfirewall.ruleset.compile.SetNames;
import io.hostfirewall.ruleset.model.IpSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Changes of address sets under rules that stay. They are in force with their first entry, and no
 * trial would end them by itself: so they are proven before they are written. Each set is judged
 * for itself, because one that must not change shall not hold up the others.
 */
public final class SetEdits {

  private final Proof proof;

  SetEdits(Proof proof) {
    this.proof = proof;
  }

  /**
   * What may be written.
   *
   * @param wanted with the standing contents of those sets that must not change
   * @param objection why they must not; empty if there are none
   */
  public record Admitted(Wanted wanted, Optional<Objection> objection) {}

  /**
   * Takes every change of a standing address set that locks out nobody who is not locked out
   * already. While nobody can say who that is, it takes none.
   */
  Admitted admit(Wanted standing, Wanted wanted) {
    var before = new LinkedHashMap<String, IpSet>();
    standing.liveSets().stream()
        .filter(SetEdits::isAddressSet)
        .forEach(s -> before.put(s.name(), s));
    var changed =
        wanted.liveSets().stream()
            .filter(set -> before.containsKey(set.name()) && !set.equals(before.get(set.name())))
            .toList();
    if (changed.isEmpty()) {
      return new Admitted(wanted, Optional.empty());
    }
    var sets = new LinkedHashMap<String, IpSet>();
    wanted.liveSets().forEach(set -> sets.put(set.name(), before.getOrDefault(set.name(), set)));
    // Who is locked out already is so with or without the edit; what cannot be proven never is.
    var known =
        objections(standing, wanted, sets.values()).stream()
            .filter(objection -> objection.why() == Outcome.Why.WOULD_LOCK_OUT)
            .collect(Collectors.toSet());
    var objections = new ArrayList<Objection>();
    for (var set : changed) {
      var unchanged = sets.put(set.name(), set);
      var fresh =
          objections(standing, wanted, sets.values()).stream()
              .filter(o -> !known.contains(o))
              .toList();
      if (unchanged != null && !fresh.isEmpty()) {
        sets.put(set.name(), unchanged);
        objections.addAll(fresh);
      }
    }
    return new Admitted(
        wanted.withLiveSets(List.copyOf(sets.values())), objections.stream().findFirst());
  }

  private static boolean isAddressSet(IpSet set) {
    return set.name().startsWith(SetNames.addressSetPrefix(set.family()));
  }

  /** Of the rules in force, if the live sets were these. */
  private List<Objection> objections(Wanted standing, Wanted wanted, Collection<IpSet> sets) {
    return proof.foreseen(
        new Wanted(
            standing.rules(),
            List.copyOf(sets),
            wanted.apiServerPorts(),
            wanted.ssh(),
            wanted.lockoutAcknowledged(),
            standing.revision()));
  }
}
