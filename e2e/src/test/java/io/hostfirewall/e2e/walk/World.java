package io.hostfirewall.e2e.walk;

import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.IpSet;
import io.hostfirewall.ruleset.model.Match.HashLimit;
import io.hostfirewall.ruleset.walk.Sets;
import io.hostfirewall.ruleset.walk.Surroundings;
import java.util.Collection;

/** Where the host that judges is: its sets, its routes, and limits that are spent. */
final class World implements Surroundings {

  private final Sets sets;

  World(Collection<IpSet> sets) {
    this.sets = new Sets(sets, new Buckets()::take);
  }

  @Override
  public boolean contains(String set, Cidr address) {
    return sets.contains(set, address);
  }

  @Override
  public boolean contains(String set, Cidr address, String device) {
    return sets.contains(set, address, device);
  }

  @Override
  public boolean isWithin(HashLimit limit, Cidr source) {
    return sets.isWithin(limit, source);
  }

  @Override
  public boolean isReached(Cidr source, String in, boolean loosely) {
    return Routes.isReached(source, in, loosely);
  }
}
