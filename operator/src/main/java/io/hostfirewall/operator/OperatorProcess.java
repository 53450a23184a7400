package io.hostfirewall.operator;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.hostfirewall.operator.Controllers.OwnAgents;
import io.hostfirewall.operator.agent.AgentDaemonSets;
import io.hostfirewall.operator.agent.AgentSettingsFile;
import io.hostfirewall.operator.agent.SettingsException;
import io.hostfirewall.operator.policy.PolicyMetrics;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.OperatorException;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Runs the controllers for as long as the process lives. They start beside the HTTP server, so that
 * health answers while the API server does not, and again and again until it does.
 */
@ApplicationScoped
class OperatorProcess {

  private static final Logger LOG = Logger.getLogger(OperatorProcess.class);
  private static final Duration BETWEEN_STARTS = Duration.ofSeconds(1);

  private final OperatorSettings settings;
  private final Optional<String> ownNamespace;
  private final PolicyMetrics metrics;
  private final Optional<Leadership> leadership;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile @Nullable Running running;

  /** One try: a stopped operator cannot be started again. */
  private record Running(Operator operator, KubernetesClient client) {}

  OperatorProcess(
      OperatorSettings settings,
      @ConfigProperty(name = "POD_NAMESPACE") Optional<String> ownNamespace,
      MeterRegistry registry) {
    this.settings = settings;
    this.ownNamespace = ownNamespace;
    this.metrics = new PolicyMetrics(registry);
    this.leadership = settings.leaseNamespace().map(Leadership::new);
  }

  void start(@Observes StartupEvent event) {
    Thread.ofPlatform().name("operator-start").daemon().start(this::startUntilStarted);
  }

  void stop(@Observes ShutdownEvent event) {
    stopping.countDown();
    var current = running;
    if (current != null) {
      current.operator().stop();
      leadership.ifPresent(lease -> lease.release(current.client()));
      current.client().close();
    }
  }

  /** Whether all caches are filled and the controllers at work. */
  boolean started() {
    var current = running;
    return current != null && current.operator().getRuntimeInfo().isStarted();
  }

  private void startUntilStarted() {
    try {
      var agents = ownAgents();
      while (!startOnce(agents)) {
        if (stoppingWithin(BETWEEN_STARTS)) {
          return;
        }
      }
    } catch (SettingsException e) {
      LOG.error(e.getMessage());
      Quarkus.asyncExit(1);
    } catch (RuntimeException e) {
      // Not the API server's fault, so trying again would not help.
      LOG.error("cannot start", e);
      Quarkus.asyncExit(1);
    }
  }

  private Optional<OwnAgents> ownAgents() throws SettingsException {
    if (settings.agentConfig().isEmpty()) {
      return Optional.empty();
    }
    var agents = AgentSettingsFile.read(settings.agentConfig().get());
    if (ownNamespace.isEmpty() || settings.operatorDeployment().isEmpty()) {
      throw new SettingsException(
          "HOSTFIREWALL_AGENT_CONFIG is set, but not POD_NAMESPACE and"
              + " HOSTFIREWALL_OPERATOR_DEPLOYMENT. Set both: the agents run in that namespace and"
              + " belong to that Deployment.");
    }
    return Optional.of(
        new OwnAgents(
            new AgentDaemonSets(agents, ownNamespace.get()), settings.operatorDeployment().get()));
  }

  private boolean startOnce(Optional<OwnAgents> agents) {
    var client = client();
    var attempt = new Running(new Operator(overrider -> configure(overrider, client)), client);
    try {
      new Controllers(client, settings, agents, metrics).register(attempt.operator());
      running = attempt;
      attempt.operator().start();
      LOG.info("started");
      return true;
    } catch (OperatorException | KubernetesClientException e) {
      LOG.warnf("not started, trying again: %s", e.getMessage());
      LOG.debug("not started", e);
      attempt.operator().stop();
      client.close();
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

  private static KubernetesClient client() {
    // Failed requests come back through the framework's retry, which knows the newest state.
    var config =
        new ConfigBuilder().withRequestRetryBackoffLimit(1).withWatchReconnectInterval(200).build();
    return new KubernetesClientBuilder().withConfig(config).build();
  }

  private void configure(ConfigurationServiceOverrider overrider, KubernetesClient client) {
    overrider.withKubernetesClient(client).withCloseClientOnStop(false);
    leadership.ifPresent(
        lease -> overrider.withLeaderElectionConfiguration(lease.configuration(this::stopLeading)));
  }

  /** Ends the process, unless it is ending: what a former leader remembers is no longer true. */
  private void stopLeading() {
    if (stopping.getCount() > 0) {
      LOG.warn("lost the lease: ending, to start afresh");
      Quarkus.asyncExit(1);
    }
  }
}
