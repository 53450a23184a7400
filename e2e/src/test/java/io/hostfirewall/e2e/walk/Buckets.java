package io.hostfirewall.e2e.walk;

import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Match.HashLimit;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;

/** The token buckets of limits from which nothing comes back while a test runs. */
final class Buckets {

  private record Bucket(String limit, BigInteger source) {}

  private final Map<Bucket, Long> taken = new HashMap<>();

  /** Takes a token for a packet if there is one. */
  boolean take(HashLimit limit, Cidr source) {
    var cut = source.family().addressBits() - limit.sourcePrefixLength();
    var bucket = new Bucket(limit.name(), source.address().shiftRight(cut));
    var before = taken.getOrDefault(bucket, 0L);
    if (before >= limit.burst()) {
      return false;
    }
    taken.put(bucket, before + 1);
    return true;
  }
}
