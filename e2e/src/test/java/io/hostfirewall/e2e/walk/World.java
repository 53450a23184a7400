package io.hostfirewall.e2e.walk;

import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.IpSet;
import io.hostfirewall.ruleset.model.Match.ConnectionsAbove;
import io.hostfirewall.ruleset.model.Match.HashLimit;
import io.hostfirewall.ruleset.walk.Sets;
import io.hostfirewall.ruleset.walk.Surroundings;
import java.util.Collection;

/** Where the host that judges is: its sets, its routes, limits, and connections that are open. */
final class World implements Surroundings {

  private final Sets sets;
  private final String backEnd;
  private final Counted connections = new Counted();

  /**
   * @param backEnd {@code nft} or {@code legacy}
   */
  World(Collection<IpSet> sets, String backEnd) {
    this.backEnd = backEnd;
    this.sets = new Sets(sets, new Buckets()::take);
  }

  Counted connections() {
    return connections;
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

  @Override
  public boolean isAuthenticationPassedOver() {
    return backEnd.equals("legacy");
  }

  @Override
  public boolean isAbove(ConnectionsAbove limit, Cidr source) {
    return connections.isAbove(limit, source);
  }
}
