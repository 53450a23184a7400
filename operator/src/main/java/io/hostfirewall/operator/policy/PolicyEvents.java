package io.hostfirewall.operator.policy;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicy;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicyStatus;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Warns about a policy that protects nothing of what it says, as an event on it. An event that
 * cannot be written is not worth a retry: the status says the same.
 */
public final class PolicyEvents {

  private static final Logger LOG = Logger.getLogger(PolicyEvents.class);

  /** Where events about cluster-scoped objects live. */
  private static final String NAMESPACE = "default";

  private static final String REPORTER = "hostfirewall-operator";
  private static final int MAX_MESSAGE = 1024;

  private final KubernetesClient client;
  private final Clock clock;

  public PolicyEvents(KubernetesClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  void report(
      HostFirewallPolicy policy,
      @Nullable HostFirewallPolicyStatus before,
      HostFirewallPolicyStatus now) {
    stalled(now)
        .filter(present -> !saysTheSame(stalled(before), present))
        .ifPresent(present -> warn(policy, present));
  }

  private static boolean saysTheSame(Optional<Condition> before, Condition now) {
    return before
        .filter(
            then ->
                then.getReason().equals(now.getReason())
                    && Objects.equals(then.getObservedGeneration(), now.getObservedGeneration()))
        .isPresent();
  }

  private static Optional<Condition> stalled(@Nullable HostFirewallPolicyStatus status) {
    return Optional.ofNullable(status).map(HostFirewallPolicyStatus::conditions).stream()
        .flatMap(conditions -> conditions.stream())
        .filter(c -> PolicyStatuses.STALLED.equals(c.getType()) && "True".equals(c.getStatus()))
        .findFirst();
  }

  private void warn(HostFirewallPolicy policy, Condition stalled) {
    var now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    var message = stalled.getMessage();
    var event =
        new EventBuilder()
            .withNewMetadata()
            .withGenerateName(policy.getMetadata().getName() + ".")
            .withNamespace(NAMESPACE)
            .endMetadata()
            .withNewInvolvedObject()
            .withApiVersion(policy.getApiVersion())
            .withKind(policy.getKind())
            .withName(policy.getMetadata().getName())
            .withUid(policy.getMetadata().getUid())
            .endInvolvedObject()
            .withType("Warning")
            .withReason(stalled.getReason())
            .withMessage(message.substring(0, Math.min(message.length(), MAX_MESSAGE)))
            .withCount(1)
            .withFirstTimestamp(now)
            .withLastTimestamp(now)
            .withNewSource()
            .withComponent(REPORTER)
            .endSource()
            .build();
    try {
      client.resource(event).create();
    } catch (KubernetesClientException e) {
      LOG.debugf(e, "no event on policy %s", policy.getMetadata().getName());
    }
  }
}
