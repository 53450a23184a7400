package io.hostfirewall.ruleset.importing;

import io.hostfirewall.api.v1alpha1.Action;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What happens to packets that no earlier decision is about.
 *
 * @param rate how many are accepted; null for all
 * @param connections how many of a source at a time; null for all
 * @param exceeded what happens to those beyond
 * @param logPerMinute how many are logged; null for none
 * @param line of the rule that decides; 0 for the policy of a chain
 * @param comment of that rule
 */
record Decision(
    Packets packets,
    Action action,
    Budget.@Nullable Rate rate,
    Budget.@Nullable Connections connections,
    Action exceeded,
    @Nullable Integer logPerMinute,
    int line,
    String comment) {

  static Decision plain(Packets packets, Action action, int line, String comment) {
    return new Decision(packets, action, null, null, Action.DENY, null, line, comment);
  }

  boolean isPlain() {
    return rate == null && connections == null;
  }

  /** Whether both differ in their sources only, if at all, so that one rule can say both. */
  boolean differsInSources(Decision other) {
    return isPlain()
        && other.isPlain()
        && action == other.action
        && Objects.equals(logPerMinute, other.logPerMinute)
        && comment.equals(other.comment)
        && packets.from(List.of()).equals(other.packets.from(List.of()));
  }

  Decision logging(int perMinute) {
    return new Decision(packets, action, rate, connections, exceeded, perMinute, line, comment);
  }

  /** The same for other packets. */
  Decision about(Packets others) {
    return new Decision(others, action, rate, connections, exceeded, logPerMinute, line, comment);
  }
}
