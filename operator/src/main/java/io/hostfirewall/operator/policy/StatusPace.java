package io.hostfirewall.operator.policy;

import io.fabric8.kubernetes.api.model.Condition;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicyStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Spaces the writes of a policy's status. News, a condition or the revision that changed, goes out
 * at once; counts alone are written every five seconds at most (the budget for 5,000 nodes).
 *
 * <p>The API server checks a whole spec whenever its status is written, and no client can spare it
 * that: a second for 128 rules of 60 networks (measured, 1.34). So a write that was dear is
 * followed by a rest of {@link #REST} times what it took, news or not.
 */
final class StatusPace {

  static final Duration BETWEEN_COUNTS = Duration.ofSeconds(5);

  /** Writes of one policy keep an API server's core busy for a fifth of the time at most. */
  private static final int REST = 4;

  /** Below this a write is cheap. */
  private static final Duration DEAR = Duration.ofMillis(250);

  private final InstantSource clock;
  private final Map<String, Write> written = new ConcurrentHashMap<>();

  StatusPace(InstantSource clock) {
    this.clock = clock;
  }

  /** How long this status must wait; zero means that it may be written. */
  Duration delay(
      String uid, @Nullable HostFirewallPolicyStatus before, HostFirewallPolicyStatus now) {
    var time = clock.instant();
    written.values().removeIf(write -> !write.nextCounts().isAfter(time));
    var last = written.get(uid);
    if (last == null) {
      return Duration.ZERO;
    }
    boolean news = before == null || !News.of(before).equals(News.of(now));
    var wait = Duration.between(time, news ? last.nextNews() : last.nextCounts());
    return wait.isPositive() ? wait : Duration.ZERO;
  }

  /** Says that a status was sent just now, and how long the API server took. */
  void wrote(String uid, Duration took) {
    written.put(uid, new Write(clock.instant(), took));
  }

  private record Write(Instant at, Duration took) {

    Instant nextNews() {
      return took.compareTo(DEAR) < 0 ? at : at.plus(took.multipliedBy(REST));
    }

    Instant nextCounts() {
      var paced = at.plus(BETWEEN_COUNTS);
      return nextNews().isAfter(paced) ? nextNews() : paced;
    }
  }

  private record News(@Nullable String revision, List<Fact> facts) {

    static News of(HostFirewallPolicyStatus status) {
      var conditions = status.conditions() == null ? List.<Condition>of() : status.conditions();
      return new News(status.revision(), conditions.stream().map(Fact::of).toList());
    }
  }

  private record Fact(String type, String status, String reason, @Nullable Long generation) {

    static Fact of(Condition c) {
      return new Fact(c.getType(), c.getStatus(), c.getReason(), c.getObservedGeneration());
    }
  }
}
