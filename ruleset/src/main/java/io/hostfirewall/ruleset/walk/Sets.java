package io.hostfirewall.ruleset.walk;

import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.IpSet;
import io.hostfirewall.ruleset.model.Match.HashLimit;
import io.hostfirewall.ruleset.model.PackedNetworks;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/** Surroundings made of the sets that are meant or were read, and an assumption about limits. */
public final class Sets implements Surroundings {

  private record Entry(Cidr network, String device) {}

  private final Map<String, List<Entry>> sets = new HashMap<>();
  private final Map<String, PackedNetworks> largeSets = new HashMap<>();
  private final BiPredicate<HashLimit, Cidr> within;

  /**
   * @param within whether a source has kept to a limit
   */
  public Sets(Collection<IpSet> sets, BiPredicate<HashLimit, Cidr> within) {
    for (var set : sets) {
      set.packed()
          .ifPresentOrElse(
              networks -> largeSets.put(set.name(), networks.aggregate()),
              () -> this.sets.put(set.name(), set.entries().stream().map(Sets::entry).toList()));
    }
    this.within = within;
  }

  /** Of sources that have sent nothing so far. */
  public static Sets withFreshSources(Collection<IpSet> sets) {
    return new Sets(sets, (limit, source) -> true);
  }

  private static Entry entry(String text) {
    var comma = text.indexOf(',');
    return comma < 0
        ? new Entry(Cidr.parse(text), "")
        : new Entry(Cidr.parse(text.substring(0, comma)), text.substring(comma + 1));
  }

  @Override
  public boolean contains(String set, Cidr address) {
    var large = largeSets.get(set);
    return large == null
        ? holds(set, entry -> entry.network().contains(address))
        : large.holds(address);
  }

  /**
   * The kernel looks at the most specific network of an interface only; without nomatch that is all
   * the same.
   */
  @Override
  public boolean contains(String set, Cidr address, String device) {
    return holds(set, entry -> entry.device().equals(device) && entry.network().contains(address));
  }

  private boolean holds(String set, Predicate<Entry> entry) {
    return sets.getOrDefault(set, List.of()).stream().anyMatch(entry);
  }

  @Override
  public boolean isWithin(HashLimit limit, Cidr source) {
    return within.test(limit, source);
  }
}
