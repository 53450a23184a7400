package io.hostfirewall.operator.policy;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicyStatus;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes conditions whose transition time is that of the last change of their status. */
final class Conditions {

  private final List<Condition> before;
  private final Long generation;
  private final String now;

  Conditions(@Nullable HostFirewallPolicyStatus previous, Long generation, Instant now) {
    this.before =
        previous == null || previous.conditions() == null ? List.of() : previous.conditions();
    this.generation = generation;
    this.now = now.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  Condition condition(String type, boolean holds, String reason, String message) {
    var status = holds ? "True" : "False";
    return new ConditionBuilder()
        .withType(type)
        .withStatus(status)
        .withReason(reason)
        .withMessage(message)
        .withObservedGeneration(generation)
        .withLastTransitionTime(since(type, status))
        .build();
  }

  /** A condition that is only worth words while it is true. */
  Condition abnormal(String type, boolean holds, String reason, String message) {
    return holds
        ? condition(type, true, reason, message)
        : condition(type, false, "AsExpected", "");
  }

  private String since(String type, String status) {
    return before.stream()
        .filter(c -> c.getType().equals(type) && c.getStatus().equals(status))
        .map(Condition::getLastTransitionTime)
        .findFirst()
        .orElse(now);
  }
}
