package io.hostfirewall.operator.policy;

import io.fabric8.kubernetes.api.model.Condition;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicyStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Spaces the writes of a policy's status. News, a condition or the revision that changed, goes out
 * at once; counts alone are written every five seconds at most (the budget for 5,000 nodes).
 */
final class StatusPace {

  static final Duration BETWEEN_COUNTS = Duration.ofSeconds(5);

  private final Clock clock;
  private final Map<String, Instant> written = new ConcurrentHashMap<>();

  StatusPace(Clock clock) {
    this.clock = clock;
  }

  /** How long this status must wait; zero means that it may be written, and counts as written. */
  Duration delay(
      String uid, @Nullable HostFirewallPolicyStatus before, HostFirewallPolicyStatus now) {
    var time = clock.instant();
    written.values().removeIf(then -> !then.plus(BETWEEN_COUNTS).isAfter(time));
    var last = written.get(uid);
    if (last != null && before != null && News.of(before).equals(News.of(now))) {
      return Duration.between(time, last.plus(BETWEEN_COUNTS));
    }
    written.put(uid, time);
    return Duration.ZERO;
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
