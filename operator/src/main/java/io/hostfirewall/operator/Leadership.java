package io.hostfirewall.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * The lease by which replicas agree on the one that works. After a crash another takes over within
 * {@link #LEASE} and one retry, 13.3 s at most; after a polite end at its next retry.
 */
final class Leadership {

  private static final Logger LOG = Logger.getLogger(Leadership.class);
  private static final String NAME = "hostfirewall-operator";
  private static final Duration LEASE = Duration.ofSeconds(10);
  private static final Duration RENEW_DEADLINE = Duration.ofSeconds(7);

  /** The client waits up to 2.2 times as long while it does not lead. */
  private static final Duration RETRY = Duration.ofMillis(1500);

  private final String namespace;
  private final String identity;

  Leadership(String namespace) {
    this.namespace = namespace;
    this.identity = identity(System.getenv());
  }

  /** A container that was started again in its pod leads on; elsewhere names may be shared. */
  private static String identity(Map<String, String> environment) {
    var pod = environment.containsKey("KUBERNETES_SERVICE_HOST") ? environment.get("HOSTNAME") : "";
    return pod == null || pod.isBlank() ? UUID.randomUUID().toString() : pod;
  }

  /**
   * How to compete for it.
   *
   * @param lost is called when somebody else has it, or the API server was away for too long
   */
  LeaderElectionConfiguration configuration(Runnable lost) {
    return LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(NAME)
        .withLeaseNamespace(namespace)
        .withIdentity(identity)
        .withLeaseDuration(LEASE)
        .withRenewDeadline(RENEW_DEADLINE)
        .withRetryPeriod(RETRY)
        .withExitOnStopLeading(false)
        .withLeaderCallbacks(new LeaderCallbacks(() -> LOG.info("leading"), lost, leader -> {}))
        .build();
  }

  /** Gives the lease up if it is ours, once nothing is done any more. The framework keeps it. */
  void release(KubernetesClient client) {
    try {
      var lock = new LeaseLock(namespace, NAME, identity);
      var held = lock.get(client);
      if (held != null && identity.equals(held.getHolderIdentity())) {
        var now = ZonedDateTime.now(ZoneOffset.UTC);
        lock.update(
            client,
            new LeaderElectionRecord(
                "", Duration.ofSeconds(1), now, now, held.getLeaderTransitions()));
        LOG.info("gave the lease up");
      }
    } catch (KubernetesClientException e) {
      LOG.debug("the lease was not given up and will expire", e);
    }
  }
}
