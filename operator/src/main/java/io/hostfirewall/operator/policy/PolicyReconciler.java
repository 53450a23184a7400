package io.hostfirewall.operator.policy;

import static io.hostfirewall.operator.watch.Informers.cached;
import static io.hostfirewall.operator.watch.Informers.ids;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeState;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicy;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicyStatus;
import io.hostfirewall.api.v1alpha1.HostFirewallRevision;
import io.hostfirewall.operator.select.NodeView;
import io.hostfirewall.operator.select.PolicyVerdict;
import io.hostfirewall.operator.select.RevisionChooser;
import io.hostfirewall.operator.watch.Informers;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Clock;
import java.util.List;

/**
 * Accepts or refuses a policy and reports how far its nodes have come: validate, observe, decide,
 * write. Writes nothing of the user's but the status.
 */
public final class PolicyReconciler implements Reconciler<HostFirewallPolicy> {

  private final RevisionChooser chooser;
  private final PolicyEvents events;
  private final Clock clock;
  private final StatusPace pace;

  public PolicyReconciler(RevisionChooser chooser, PolicyEvents events, Clock clock) {
    this.chooser = chooser;
    this.events = events;
    this.clock = clock;
    this.pace = new StatusPace(clock);
  }

  @Override
  public List<EventSource<?, HostFirewallPolicy>> prepareEventSources(
      EventSourceContext<HostFirewallPolicy> context) {
    var all = context.getPrimaryCache();
    var nodes =
        Informers.on(
            Node.class,
            context,
            settings ->
                settings
                    .withSecondaryToPrimaryMapper(node -> ids(all.list(any -> true)))
                    .withOnUpdateFilter((now, before) -> NodeView.changed(before, now)));
    var states =
        Informers.on(
            HostFirewallNodeState.class,
            context,
            settings -> settings.withSecondaryToPrimaryMapper(state -> ids(all.list(any -> true))));
    var revisions =
        Informers.on(
            HostFirewallRevision.class,
            context,
            settings ->
                settings
                    .withSecondaryToPrimaryMapper(
                        revision -> ids(all.list(policy -> holds(revision, policy))))
                    .withOnUpdateFilter((now, before) -> false));
    return List.of(nodes, states, revisions);
  }

  @Override
  public UpdateControl<HostFirewallPolicy> reconcile(
      HostFirewallPolicy policy, Context<HostFirewallPolicy> context) {
    var verdict = validate(policy, context);
    var nodes = observe(verdict, context);
    var status = PolicyStatuses.of(policy, verdict, nodes, clock.instant());
    return write(policy, status);
  }

  private static PolicyVerdict validate(
      HostFirewallPolicy policy, Context<HostFirewallPolicy> context) {
    return PolicyVerdict.of(policy, cached(HostFirewallRevision.class, context));
  }

  private NodeTally observe(PolicyVerdict verdict, Context<HostFirewallPolicy> context) {
    return new NodeObserver(
            cached(HostFirewallNodeState.class, context),
            cached(HostFirewallRevision.class, context),
            context.getPrimaryCache().list(any -> true).toList(),
            chooser)
        .tally(verdict, cached(Node.class, context));
  }

  private UpdateControl<HostFirewallPolicy> write(
      HostFirewallPolicy policy, HostFirewallPolicyStatus status) {
    var before = policy.getStatus();
    if (status.equals(before)) {
      return UpdateControl.noUpdate();
    }
    var delay = pace.delay(policy.getMetadata().getUid(), before, status);
    if (delay.isPositive()) {
      return UpdateControl.<HostFirewallPolicy>noUpdate().rescheduleAfter(delay);
    }
    events.report(policy, before, status);
    return UpdateControl.patchStatus(statusOnly(policy, status));
  }

  /** A fresh object: server-side apply takes ownership of whatever is sent. */
  private static HostFirewallPolicy statusOnly(
      HostFirewallPolicy policy, HostFirewallPolicyStatus status) {
    var fresh = new HostFirewallPolicy();
    fresh.setMetadata(new ObjectMetaBuilder().withName(policy.getMetadata().getName()).build());
    fresh.setStatus(status);
    return fresh;
  }

  private static boolean holds(HostFirewallRevision revision, HostFirewallPolicy policy) {
    return revision.getSpec().policies().stream()
        .anyMatch(held -> held.uid().equals(policy.getMetadata().getUid()));
  }
}
