package io.hostfirewall.ruleset.space;

import io.hostfirewall.ruleset.model.Match.ConnectionsAbove;
import io.hostfirewall.ruleset.model.Match.HashLimit;
import org.jspecify.annotations.Nullable;

/**
 * The limits that packets kept to on their way, the last of each kind.
 *
 * @param rate null if there was none
 * @param exceeding what becomes of those beyond it
 * @param connections null if nobody counted any
 * @param crowding what becomes of those above their number
 */
record Kept(
    @Nullable HashLimit rate,
    Fate exceeding,
    @Nullable ConnectionsAbove connections,
    Fate crowding) {

  static final Kept NONE = new Kept(null, Fate.DROP, null, Fate.DROP);

  Kept with(HashLimit limit, Fate beyond) {
    return new Kept(limit, beyond, connections, crowding);
  }

  Kept with(ConnectionsAbove limit, Fate above) {
    return new Kept(rate, exceeding, limit, above);
  }
}
