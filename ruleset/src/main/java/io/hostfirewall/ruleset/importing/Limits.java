package io.hostfirewall.ruleset.importing;

import io.hostfirewall.api.v1alpha1.Action;
import io.hostfirewall.ruleset.foreign.RuleLine;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Limits, in the form in which a policy has them. */
final class Limits {

  private Limits() {}

  /**
   * A limited acceptance, if that is what the decisions within and beyond a limit amount to.
   *
   * @param within what happens to packets within the limit
   * @param beyond what happens to the others
   */
  static Optional<Decision> of(
      RuleLine rule,
      Condition condition,
      Packets packets,
      List<Decision> within,
      List<Decision> beyond) {
    var refused = action(beyond).filter(action -> action != Action.ACCEPT);
    if (refused.isEmpty()) {
      return Optional.empty();
    }
    if (action(within).equals(Optional.of(Action.ACCEPT))) {
      return Optional.of(limited(rule, condition, packets, refused.get(), null));
    }
    return within.stream()
        .limit(1)
        .filter(first -> first.packets().covers(packets))
        .filter(first -> isOtherKind(first, condition.budget()))
        .findFirst()
        .map(first -> limited(rule, condition, packets, refused.get(), first));
  }

  private static boolean isOtherKind(Decision decision, Budget budget) {
    return switch (budget) {
      case Budget.Rate _ -> decision.rate() == null && decision.connections() != null;
      case Budget.Connections _ -> decision.connections() == null && decision.rate() != null;
    };
  }

  private static Decision limited(
      RuleLine rule,
      Condition condition,
      Packets packets,
      Action exceeded,
      @Nullable Decision inner) {
    var rate = condition.budget() instanceof Budget.Rate r ? r : null;
    var connections = condition.budget() instanceof Budget.Connections c ? c : null;
    return new Decision(
        packets,
        Action.ACCEPT,
        inner != null && rate == null ? inner.rate() : rate,
        inner != null && connections == null ? inner.connections() : connections,
        inner != null && rate == null ? inner.exceeded() : exceeded,
        null,
        rule.line(),
        rule.comment());
  }

  /** What all of some decisions do, if it is the same, without a limit. */
  static Optional<Action> action(List<Decision> decisions) {
    var actions = decisions.stream().map(Decision::action).distinct().toList();
    return actions.size() == 1 && decisions.stream().allMatch(Decision::isPlain)
        ? Optional.of(actions.getFirst())
        : Optional.empty();
  }
}
