package io.hostfirewall.e2e.walk;

import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Match.ConnectionsAbove;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What {@code xt_connlimit} counts (nf_conncount.c): each rule those connections of a source that
 * it has seen begin since it was loaded, and the one it is looking at. One that does not come to
 * be, because a rule or anything behind it drops its first packet, counts until the next packet of
 * that source which the rule sees two ticks of the kernel's clock later.
 */
final class Counted {

  /** By the rule itself: two that ask the same count apart. */
  private final IdentityHashMap<ConnectionsAbove, Map<BigInteger, Set<Probe>>> seen =
      new IdentityHashMap<>();

  private final List<Set<Probe>> met = new ArrayList<>();

  boolean isAbove(ConnectionsAbove limit, Cidr source) {
    var cut = source.family().addressBits() - limit.sourcePrefixLength();
    var open =
        seen.computeIfAbsent(limit, l -> new HashMap<>())
            .computeIfAbsent(source.address().shiftRight(cut), s -> new HashSet<>());
    met.add(open);
    return open.size() + 1 > limit.count();
  }

  /** Another packet comes; the last one did not become a connection unless that was said. */
  void next() {
    met.clear();
  }

  /** Whether the last packet met a rule that counts. */
  boolean hasCounted() {
    return !met.isEmpty();
  }

  /** The last packet became a connection. */
  void opened(Probe first) {
    met.forEach(open -> open.add(first));
  }

  void ended(Probe first) {
    seen.values().forEach(sources -> sources.values().forEach(open -> open.remove(first)));
  }
}
