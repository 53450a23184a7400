package io.hostfirewall.ruleset.importing;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a rule asks of a packet, in the words of policies.
 *
 * @param packets which new packets it is about, at most
 * @param budget how many of them; null if that does not matter
 * @param exceeding whether it is about those beyond the budget, not those within
 * @param never why no new packet meets it; null if some do
 * @param unknown what else it asks, which a policy cannot; empty if nothing
 */
record Condition(
    Packets packets,
    @Nullable Budget budget,
    boolean exceeding,
    @Nullable Never never,
    List<String> unknown) {

  Condition {
    unknown = List.copyOf(unknown);
  }

  /** Reasons why rules are not about new packets that come from outside. */
  enum Never {
    LOOPBACK,
    REPLIES,
    INVALID,
    BOGUS_FLAGS,
    NOT_SYN,
    FRAGMENTS,
    NOT_UNICAST,
    ICMP_ANSWERS,
    SPOOFED,
    DHCP,
    REVERSE_PATH,
    OTHER_DIRECTION
  }

  /** One that is being read. */
  static final class Draft {
    Packets packets;
    @Nullable Budget budget;
    boolean exceeding;
    @Nullable Never never;
    final List<String> unknown = new ArrayList<>();

    Draft(Packets all) {
      packets = all;
    }

    void narrow(Packets to) {
      packets = packets.intersect(to);
    }

    void never(Never reason) {
      never = never == null ? reason : never;
    }

    void unknown(String reason) {
      unknown.add(reason);
    }

    void budget(Budget budget, boolean exceeding) {
      if (this.budget != null) {
        unknown("two limits in one rule");
      }
      this.budget = budget;
      this.exceeding = exceeding;
    }

    Condition finish() {
      return new Condition(packets, budget, exceeding, never, unknown);
    }
  }
}
