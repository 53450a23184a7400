package io.hostfirewall.ruleset.compile;

import io.hostfirewall.api.v1alpha1.ConnectionLimit;
import io.hostfirewall.api.v1alpha1.LimitScope;
import io.hostfirewall.api.v1alpha1.Logging;
import io.hostfirewall.api.v1alpha1.RateLimit;
import io.hostfirewall.api.v1alpha1.RateUnit;
import io.hostfirewall.api.v1alpha1.SourcePrefixLength;
import io.hostfirewall.ruleset.merge.Direction;
import io.hostfirewall.ruleset.merge.EffectiveRule;
import io.hostfirewall.ruleset.model.ContentHash;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.Rate;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** From a rate limit to the token bucket that the kernel keeps. */
public final class Limiter {

  /**
   * What makes a source if nothing is said: one address, or the /64 that one IPv6 customer has at
   * least (RFC 6177).
   */
  static final int SOURCE_PREFIX_IPV4 = 32;

  static final int SOURCE_PREFIX_IPV6 = 64;

  /** Hash buckets of one limiter: half a MiB, eight sources a bucket when full. */
  private static final int BUCKETS = 65_536;

  /**
   * Sources remembered at once. A full table drops every new source, and a flood of random ones
   * fills the kernel's own 65,536 in under a second (measured at 80,000 packets/s).
   */
  private static final int MAX_SOURCES = 524_288;

  /**
   * What an expiry is longer than the refill of the whole burst, at least; the kernel forgets a
   * source only then.
   */
  private static final long SLACK_SECONDS = 60;

  /** A prefix of no bits makes one source of everybody. */
  private static final int EVERYBODY = 0;

  /** The least that the kernel makes (xt_hashlimit.c, htable_create). */
  private static final int BUCKETS_FOR_EVERYBODY = 16;

  /** As many as {@code xt_limit} lets through at once if nothing is said. */
  private static final int LINES_AT_ONCE = 5;

  private Limiter() {}

  /** The rate that the kernel will keep for a limit. */
  public static Rate rate(RateLimit limit) {
    return Rate.asKept(limit.limit(), unit(limit.unit()));
  }

  /** Whether the kernel keeps exactly this limit, without rounding. */
  public static boolean isExact(RateLimit limit) {
    return rate(limit).equalsExactly(limit.limit(), unit(limit.unit()));
  }

  /** Seconds until a source that spent its burst has it all back. */
  public static long refillSeconds(RateLimit limit) {
    return new Rate(limit.limit(), unit(limit.unit())).secondsFor(limit.burst());
  }

  static Match.HashLimit of(EffectiveRule rule, RateLimit limit, Family family) {
    var refill = refillSeconds(limit);
    var expiry = Duration.ofSeconds(Math.max(refill + SLACK_SECONDS, refill * 11 / 10));
    var prefix = sourcePrefix(limit, family);
    var rate = rate(limit);
    var identity =
        "%s %s burst %d prefix %d expiry %s"
            .formatted(name(rule), rate, limit.burst(), prefix, expiry);
    return bucket(identity, rate, limit.burst(), prefix, expiry, family);
  }

  /** A bucket that is kept as long as it is called for by these parameters. */
  private static Match.HashLimit bucket(
      String identity, Rate rate, long burst, int prefix, Duration expiry, Family family) {
    return new Match.HashLimit(
        family.setPrefix() + ContentHash.shortOf(identity),
        rate,
        burst,
        prefix,
        family.addressBits(),
        prefix == EVERYBODY ? BUCKETS_FOR_EVERYBODY : BUCKETS,
        prefix == EVERYBODY ? BUCKETS_FOR_EVERYBODY : MAX_SOURCES,
        expiry);
  }

  /** Rules of different directions may have the same name. */
  static String name(EffectiveRule rule) {
    var list = rule.direction() == Direction.INGRESS ? "" : rule.direction().list() + "/";
    return rule.policy() + "/" + list + rule.rule().name();
  }

  /** So many lines a minute about something, a few of them at once. */
  static Match.HashLimit lines(String about, Logging logging, Family family) {
    var rate = Rate.asKept(logging.perMinute(), Rate.Unit.MINUTE);
    var burst = Math.min(logging.perMinute(), LINES_AT_ONCE);
    var expiry = Duration.ofSeconds(rate.secondsFor(burst) + SLACK_SECONDS);
    var identity = "log %s %s burst %d expiry %s".formatted(about, rate, burst, expiry);
    return bucket(identity, rate, burst, EVERYBODY, expiry, family);
  }

  /**
   * Whether a source, as the rule's rate limit takes it, has more connections open than allowed.
   */
  static Match.ConnectionsAbove connections(
      ConnectionLimit connections, @Nullable RateLimit limit, Family family) {
    var asked = limit == null ? null : limit.sourcePrefixLength();
    return new Match.ConnectionsAbove(connections.perSource(), sourcePrefix(asked, family));
  }

  private static int sourcePrefix(RateLimit limit, Family family) {
    return limit.per() == LimitScope.NODE
        ? EVERYBODY
        : sourcePrefix(limit.sourcePrefixLength(), family);
  }

  private static int sourcePrefix(@Nullable SourcePrefixLength asked, Family family) {
    if (family == Family.IPV4) {
      return asked == null || asked.ipv4() == null ? SOURCE_PREFIX_IPV4 : asked.ipv4();
    }
    return asked == null || asked.ipv6() == null ? SOURCE_PREFIX_IPV6 : asked.ipv6();
  }

  private static Rate.Unit unit(RateUnit unit) {
    return switch (unit) {
      case SECOND -> Rate.Unit.SECOND;
      case MINUTE -> Rate.Unit.MINUTE;
      case HOUR -> Rate.Unit.HOUR;
      case DAY -> Rate.Unit.DAY;
    };
  }
}
