package io.hostfirewall.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.hostfirewall.operator.address.AddressSetKeeper;
import io.hostfirewall.operator.agent.AgentDaemonSets;
import io.hostfirewall.operator.agent.AgentKeeper;
import io.hostfirewall.operator.node.NodeReconciler;
import io.hostfirewall.operator.policy.PolicyMetrics;
import io.hostfirewall.operator.policy.PolicyReconciler;
import io.hostfirewall.operator.policy.PolicySurroundings;
import io.hostfirewall.operator.revision.RevisionCollector;
import io.hostfirewall.operator.select.NodeView;
import io.hostfirewall.operator.select.RevisionChooser;
import io.hostfirewall.operator.watch.Informers;
import io.hostfirewall.operator.watch.KubernetesService;
import io.hostfirewall.operator.watch.SlimStore;
import io.hostfirewall.operator.watch.SteadyClock;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.processing.event.rate.LinearRateLimiter;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The controllers of the operator and how each is paced.
 *
 * @param agents absent when the agents are somebody else's
 */
record Controllers(
    KubernetesClient client,
    OperatorSettings settings,
    Optional<OwnAgents> agents,
    PolicyMetrics metrics) {

  /** Waits between tries of a failed reconciliation; it is tried for as long as it fails. */
  private static final Duration FIRST_RETRY = Duration.ofMillis(200);

  private static final Duration LONGEST_RETRY = Duration.ofSeconds(10);

  /** As long as new rules decide unless they are confirmed, by the agent's default. */
  private static final Duration USUAL_TRIAL = Duration.ofSeconds(30);

  /** What an agent may take beside the trial itself. */
  private static final Duration AFTER_A_TRIAL = Duration.ofSeconds(30);

  /**
   * The agents that this operator runs.
   *
   * @param deployment the operator's own
   */
  record OwnAgents(AgentDaemonSets daemonSets, String deployment) {}

  void register(Operator operator) {
    var clock = Clock.systemUTC();
    var uptime = new SteadyClock();
    var chooser = new RevisionChooser();
    var podCidrs = settings.clusterPodCidrs().orElse(List.of());
    operator.register(
        new NodeReconciler(client, chooser, daemonSets(), patience(), uptime),
        controller -> {
          usual(controller);
          // A Node has no useful generation, and its heartbeats are not news.
          controller
              .withGenerationAware(false)
              .withOnUpdateFilter((now, before) -> NodeView.changed(before, now));
        });
    operator.register(
        new PolicyReconciler(client, chooser, surroundings(podCidrs), metrics, clock, uptime),
        controller -> {
          usual(controller);
          controller
              .withTriggerReconcilerOnAllEvents(true)
              .withRateLimiter(new LinearRateLimiter(Duration.ofSeconds(1), 20));
        });
    operator.register(
        new AddressSetKeeper(client, podCidrs),
        controller -> {
          usual(controller);
          controller
              .settingNamespace(KubernetesService.NAMESPACE)
              .withLabelSelector(KubernetesService.SELECTOR)
              .withRateLimiter(new LinearRateLimiter(Duration.ofSeconds(1), 2));
        });
    operator.register(
        new RevisionCollector(client, settings.revisionsKept(), clock), Controllers::usual);
    agents.ifPresent(own -> registerAgentKeeper(operator, own));
  }

  private @Nullable AgentDaemonSets daemonSets() {
    return agents.map(OwnAgents::daemonSets).orElse(null);
  }

  private Duration patience() {
    return settings
        .firstNodePatience()
        .orElseGet(
            () ->
                Optional.ofNullable(daemonSets())
                    .map(own -> Duration.ofSeconds(own.settings().trialSeconds()))
                    .orElse(USUAL_TRIAL)
                    .plus(AFTER_A_TRIAL));
  }

  private PolicySurroundings surroundings(List<String> podCidrs) {
    return new PolicySurroundings(client, daemonSets(), podCidrs, settings.betweenLooksAtPods());
  }

  private void registerAgentKeeper(Operator operator, OwnAgents own) {
    operator.register(
        new AgentKeeper(client, own.daemonSets()),
        controller -> {
          usual(controller);
          controller
              .settingNamespace(own.daemonSets().namespace())
              .withGenericFilter(any -> any.getMetadata().getName().equals(own.deployment()))
              // Somebody who keeps writing into the DaemonSet is not raced.
              .withRateLimiter(new LinearRateLimiter(Duration.ofSeconds(5), 5));
        });
  }

  /** Small caches, and tries without end. */
  private static <P extends HasMetadata> void usual(
      ControllerConfigurationOverrider<P> controller) {
    controller.withItemStore(new SlimStore<>()).withInformerListLimit(Informers.PAGE);
    controller.withRetry(
        new GenericRetry()
            .setInitialInterval(FIRST_RETRY)
            .setIntervalMultiplier(1.5)
            .setMaxInterval(LONGEST_RETRY.toMillis())
            .withoutMaxAttempts());
  }
}
