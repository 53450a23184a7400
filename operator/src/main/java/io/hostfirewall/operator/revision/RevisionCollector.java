package io.hostfirewall.operator.revision;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeState;
import io.hostfirewall.api.v1alpha1.HostFirewallRevision;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import org.jboss.logging.Logger;

/**
 * Deletes revisions that are old and that no node runs or shall run. The young are spared: the
 * operator creates a revision before it names it.
 */
public final class RevisionCollector implements Reconciler<HostFirewallRevision> {

  private static final Logger LOG = Logger.getLogger(RevisionCollector.class);

  private final KubernetesClient client;
  private final Duration kept;
  private final Clock clock;

  public RevisionCollector(KubernetesClient client, Duration kept, Clock clock) {
    this.client = client;
    this.kept = kept;
    this.clock = clock;
  }

  @Override
  public UpdateControl<HostFirewallRevision> reconcile(
      HostFirewallRevision revision, Context<HostFirewallRevision> context) {
    var stillYoung = stillYoung(revision);
    if (stillYoung.isPositive()) {
      return UpdateControl.<HostFirewallRevision>noUpdate().rescheduleAfter(stillYoung);
    }
    if (named(revision, client.resources(HostFirewallNodeState.class).list().getItems())) {
      return UpdateControl.<HostFirewallRevision>noUpdate().rescheduleAfter(kept);
    }
    client.resource(revision).delete();
    LOG.infof("revision %s deleted: no node names it", revision.getMetadata().getName());
    return UpdateControl.noUpdate();
  }

  private Duration stillYoung(HostFirewallRevision revision) {
    var created = Instant.parse(revision.getMetadata().getCreationTimestamp());
    return Duration.between(clock.instant(), created.plus(kept));
  }

  static boolean named(HostFirewallRevision revision, Collection<HostFirewallNodeState> states) {
    var name = revision.getMetadata().getName();
    return states.stream()
        .anyMatch(state -> name.equals(state.getSpec().revision()) || runs(state, name));
  }

  private static boolean runs(HostFirewallNodeState state, String revision) {
    return state.getStatus() != null && revision.equals(state.getStatus().revision());
  }
}
