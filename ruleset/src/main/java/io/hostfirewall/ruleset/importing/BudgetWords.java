package io.hostfirewall.ruleset.importing;

import io.hostfirewall.api.v1alpha1.RateLimit;
import io.hostfirewall.api.v1alpha1.RateUnit;
import io.hostfirewall.ruleset.compile.Limiter;
import io.hostfirewall.ruleset.foreign.RuleLine;
import io.hostfirewall.ruleset.foreign.RuleOption;
import io.hostfirewall.ruleset.model.Family;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads what {@code limit}, {@code hashlimit} and {@code connlimit} of a rule ask. */
final class BudgetWords {

  /** iptables's own, of both limit and hashlimit. */
  private static final int DEFAULT_BURST = 5;

  /** A policy's own bound. */
  private static final int MOST = 10_000;

  private static final long LONGEST_REFILL_SECONDS = 24 * 3600;

  /** xt_hashlimit forgets a source after ten seconds unless it is told otherwise. */
  private static final long DEFAULT_EXPIRY_MILLIS = 10_000;

  private static final Pattern RATE = Pattern.compile("(\\d{1,9})(?:/([a-z]+))?");

  private final RuleLine rule;
  private final Family family;
  private final Notes notes;
  private final Condition.Draft draft;

  BudgetWords(RuleLine rule, Family family, Notes notes, Condition.Draft draft) {
    this.rule = rule;
    this.family = family;
    this.notes = notes;
    this.draft = draft;
  }

  void read() {
    if (rule.modules().contains("limit") || option("--limit").isPresent()) {
      limit();
    }
    if (rule.modules().contains("hashlimit")) {
      hashLimit();
    }
    if (rule.modules().contains("connlimit")) {
      connectionLimit();
    }
  }

  private Optional<RuleOption> option(String name) {
    return rule.options().stream().filter(option -> option.name().equals(name)).findFirst();
  }

  private void limit() {
    var asked = option("--limit").map(RuleOption::value).orElse("3/hour");
    rate(asked, option("--limit-burst"), false, family.addressBits())
        .ifPresent(rate -> draft.budget(rate, false));
  }

  private void hashLimit() {
    var above = option("--hashlimit-above");
    var asked = above.or(() -> option("--hashlimit-upto"));
    if (asked.isEmpty()) {
      draft.unknown("hashlimit without a rate");
      return;
    }
    var exceeding = above.isPresent() != asked.get().negated();
    var mode = option("--hashlimit-mode").map(RuleOption::value).orElse("");
    if (!mode.equals("srcip") && !mode.isEmpty()) {
      draft.unknown(
          "a limit by %s; a policy counts by source, or for the whole node".formatted(mode));
      return;
    }
    if (option("--hashlimit-rate-match").isPresent()) {
      draft.unknown("a measured rate");
      return;
    }
    var prefix = number("--hashlimit-srcmask", family.addressBits());
    if (prefix < 1 || prefix > family.addressBits()) {
      draft.unknown("a limit by no part of the source");
      return;
    }
    var rate = rate(asked.get().value(), option("--hashlimit-burst"), !mode.isEmpty(), prefix);
    rate.ifPresent(read -> draft.budget(read, exceeding));
    rate.ifPresent(this::expiry);
  }

  private void expiry(Budget.Rate rate) {
    var refill = Limiter.refillSeconds(asLimit(rate)) * 1000;
    var said = option("--hashlimit-htable-expire").isPresent();
    var expiry = number("--hashlimit-htable-expire", (int) DEFAULT_EXPIRY_MILLIS);
    if (said && rate.perSource() && expiry < refill) {
      notes.mistake(
          rule.line(),
          0,
          ("the limiter forgets a source after %d s of silence, but its burst takes %d s to come"
                  + " back: who pauses that long has all of it again. Host Firewall remembers long"
                  + " enough.")
              .formatted(expiry / 1000, refill / 1000));
    }
  }

  private int number(String option, int otherwise) {
    var text = option(option).map(RuleOption::value).orElse("");
    return text.matches("\\d{1,9}") ? Integer.parseInt(text) : otherwise;
  }

  private Optional<Budget.Rate> rate(
      String text, Optional<RuleOption> burst, boolean perSource, int prefix) {
    var parts = RATE.matcher(text);
    var unit = parts.matches() ? unit(parts.group(2)) : Optional.<RateUnit>empty();
    var most = burst.map(RuleOption::value).orElse(String.valueOf(DEFAULT_BURST));
    if (unit.isEmpty() || !most.matches("\\d{1,6}")) {
      draft.unknown("the limit \"%s\", which is no number of packets per time".formatted(text));
      return Optional.empty();
    }
    var limit = Integer.parseInt(parts.group(1));
    var rate = new Budget.Rate(limit, unit.get(), Integer.parseInt(most), perSource, prefix);
    return possible(rate, text) ? Optional.of(rate) : Optional.empty();
  }

  private boolean possible(Budget.Rate rate, String text) {
    var possible =
        rate.limit() >= 1
            && rate.limit() <= MOST
            && rate.burst() >= 1
            && Limiter.isExact(asLimit(rate))
            && Limiter.refillSeconds(asLimit(rate)) <= LONGEST_REFILL_SECONDS;
    if (!possible) {
      draft.unknown(
          "the limit \"%s\", which is beyond what a policy can say (exact in the kernel, at most"
                  .formatted(text)
              + " 10,000 per unit, full again within a day)");
    }
    return possible;
  }

  static RateLimit asLimit(Budget.Rate rate) {
    return new RateLimit(rate.limit(), rate.unit(), rate.burst(), null, null, null);
  }

  private static Optional<RateUnit> unit(String text) {
    if (text == null || "second".startsWith(text)) {
      return Optional.of(RateUnit.SECOND);
    }
    if ("minute".startsWith(text)) {
      return Optional.of(RateUnit.MINUTE);
    }
    if ("hour".startsWith(text)) {
      return Optional.of(RateUnit.HOUR);
    }
    return "day".startsWith(text) ? Optional.of(RateUnit.DAY) : Optional.empty();
  }

  private void connectionLimit() {
    var above = option("--connlimit-above");
    var asked = above.or(() -> option("--connlimit-upto"));
    var text = asked.map(RuleOption::value).orElse("");
    var mask = number("--connlimit-mask", family.addressBits());
    if (!text.matches("\\d{1,6}") || Integer.parseInt(text) < 1) {
      draft.unknown("connlimit without a number that a policy can say");
    } else if (mask != family.addressBits() || option("--connlimit-daddr").isPresent()) {
      draft.unknown("a limit of connections by network or destination");
    } else {
      var exceeding = above.isPresent() != asked.get().negated();
      draft.budget(new Budget.Connections(Integer.parseInt(text)), exceeding);
    }
  }
}
