package io.hostfirewall.agent.loop;

import io.hostfirewall.agent.transaction.Wanted;
import io.hostfirewall.ruleset.model.RuleSet;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * When to try again what failed: at once if other rules are wanted, otherwise ever later. No two
 * nodes that failed together try again together.
 */
final class Retry {

  private static final Duration FIRST = Duration.ofSeconds(5);
  private static final Duration LONGEST = Duration.ofMinutes(5);

  /** How much of a pause is left to chance. */
  private static final double CHANCE = 0.4;

  /** What failed: sets that live change for reasons of their own. */
  private record Rules(List<RuleSet> rules, String revision) {}

  private final DoubleSupplier chance;
  private @Nullable Rules failed;
  private Duration pause = FIRST;
  private Instant next = Instant.MIN;

  Retry() {
    this(Math::random);
  }

  /**
   * @param chance from 0 to 1
   */
  Retry(DoubleSupplier chance) {
    this.chance = chance;
  }

  boolean isDue(Wanted wanted, Instant now) {
    return !rules(wanted).equals(failed) || !now.isBefore(next);
  }

  void failed(Wanted wanted, Instant now) {
    var rules = rules(wanted);
    pause = rules.equals(failed) ? longer() : FIRST;
    failed = rules;
    var factor = 1 - CHANCE / 2 + CHANCE * chance.getAsDouble();
    next = now.plusMillis(Math.round((double) pause.toMillis() * factor));
  }

  void done() {
    failed = null;
    pause = FIRST;
  }

  private static Rules rules(Wanted wanted) {
    return new Rules(wanted.rules(), wanted.revision());
  }

  private Duration longer() {
    var doubled = pause.multipliedBy(2);
    return doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
  }
}
