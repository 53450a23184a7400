package io.hostfirewall.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.hostfirewall.operator.address.AddressSetKeeper;
import io.hostfirewall.operator.node.NodeReconciler;
import io.hostfirewall.operator.policy.PolicyEvents;
import io.hostfirewall.operator.policy.PolicyReconciler;
import io.hostfirewall.operator.revision.RevisionCollector;
import io.hostfirewall.operator.select.NodeView;
import io.hostfirewall.operator.select.RevisionChooser;
import io.hostfirewall.operator.watch.KubernetesService;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.OperatorException;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.javaoperatorsdk.operator.processing.event.rate.LinearRateLimiter;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Runs the controllers for as long as the process lives. They start beside the HTTP server, so that
 * health answers while the API server does not, and again and again until it does.
 */
@ApplicationScoped
class OperatorProcess {

  private static final Logger LOG = Logger.getLogger(OperatorProcess.class);
  private static final String LEASE = "hostfirewall-operator";
  private static final Duration BETWEEN_STARTS = Duration.ofSeconds(1);

  /** Waits between tries of a failed reconciliation; it is tried for as long as it fails. */
  private static final Duration FIRST_RETRY = Duration.ofMillis(200);

  private static final Duration LONGEST_RETRY = Duration.ofSeconds(10);

  private final OperatorSettings settings;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile @Nullable Operator running;

  OperatorProcess(OperatorSettings settings) {
    this.settings = settings;
  }

  void start(@Observes StartupEvent event) {
    Thread.ofPlatform().name("operator-start").daemon().start(this::startUntilStarted);
  }

  void stop(@Observes ShutdownEvent event) {
    stopping.countDown();
    var operator = running;
    if (operator != null) {
      operator.stop();
    }
  }

  /** Whether all caches are filled and the controllers at work. */
  boolean started() {
    var operator = running;
    return operator != null && operator.getRuntimeInfo().isStarted();
  }

  private void startUntilStarted() {
    try {
      while (!startOnce()) {
        if (stoppingWithin(BETWEEN_STARTS)) {
          return;
        }
      }
    } catch (RuntimeException e) {
      // Not the API server's fault, so trying again would not help.
      LOG.error("cannot start", e);
      Quarkus.asyncExit(1);
    }
  }

  private boolean startOnce() {
    var operator = Optional.<Operator>empty();
    try {
      operator = Optional.of(assemble());
      running = operator.get();
      operator.get().start();
      LOG.info("started");
      return true;
    } catch (OperatorException | KubernetesClientException e) {
      LOG.warnf("not started, trying again: %s", e.getMessage());
      LOG.debug("not started", e);
      operator.ifPresent(Operator::stop);
      return false;
    }
  }

  private boolean stoppingWithin(Duration wait) {
    try {
      return stopping.await(wait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private Operator assemble() {
    var client = client();
    var clock = Clock.systemUTC();
    var chooser = new RevisionChooser();
    var operator = new Operator(overrider -> configure(overrider, client));
    operator.register(
        new NodeReconciler(client, chooser),
        controller -> {
          withoutEnd(controller);
          // A Node has no useful generation, and its heartbeats are not news.
          controller
              .withGenerationAware(false)
              .withOnUpdateFilter((now, before) -> NodeView.changed(before, now));
        });
    operator.register(
        new PolicyReconciler(chooser, new PolicyEvents(client, clock), clock),
        controller -> {
          withoutEnd(controller);
          controller.withRateLimiter(new LinearRateLimiter(Duration.ofSeconds(1), 20));
        });
    operator.register(
        new AddressSetKeeper(client, settings.clusterPodCidrs().orElse(List.of())),
        controller -> {
          withoutEnd(controller);
          controller
              .settingNamespace(KubernetesService.NAMESPACE)
              .withLabelSelector(KubernetesService.SELECTOR)
              .withRateLimiter(new LinearRateLimiter(Duration.ofSeconds(1), 2));
        });
    operator.register(
        new RevisionCollector(client, settings.revisionsKept(), clock),
        OperatorProcess::withoutEnd);
    return operator;
  }

  private static KubernetesClient client() {
    // Failed requests come back through the framework's retry, which knows the newest state.
    var config =
        new ConfigBuilder().withRequestRetryBackoffLimit(1).withWatchReconnectInterval(200).build();
    return new KubernetesClientBuilder().withConfig(config).build();
  }

  private void configure(ConfigurationServiceOverrider overrider, KubernetesClient client) {
    overrider.withKubernetesClient(client).withCloseClientOnStop(true);
    settings
        .leaseNamespace()
        .ifPresent(
            namespace ->
                overrider.withLeaderElectionConfiguration(
                    LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(LEASE)
                        .withLeaseNamespace(namespace)
                        .withExitOnStopLeading(false)
                        .withLeaderCallbacks(
                            new LeaderCallbacks(
                                () -> LOG.info("leading"), this::stopLeading, leader -> {}))
                        .build()));
  }

  /** Ends the process, unless it is ending: what a former leader remembers is no longer true. */
  private void stopLeading() {
    if (stopping.getCount() > 0) {
      LOG.warn("lost the lease: ending, to start afresh");
      Quarkus.asyncExit(1);
    }
  }

  private static <P extends HasMetadata> void withoutEnd(
      ControllerConfigurationOverrider<P> controller) {
    controller.withRetry(
        new GenericRetry()
            .setInitialInterval(FIRST_RETRY)
            .setIntervalMultiplier(1.5)
            .setMaxInterval(LONGEST_RETRY.toMillis())
            .withoutMaxAttempts());
  }
}
