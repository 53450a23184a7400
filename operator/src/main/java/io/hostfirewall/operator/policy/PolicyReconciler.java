package io.hostfirewall.operator.policy;

import static io.hostfirewall.operator.watch.Informers.cached;
import static io.hostfirewall.operator.watch.Informers.ids;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.hostfirewall.api.v1alpha1.HostFirewallAddressSet;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeState;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicy;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicyStatus;
import io.hostfirewall.api.v1alpha1.HostFirewallRevision;
import io.hostfirewall.operator.address.KnownSets;
import io.hostfirewall.operator.rollout.Fleet;
import io.hostfirewall.operator.select.NodeView;
import io.hostfirewall.operator.select.PolicyVerdict;
import io.hostfirewall.operator.select.RevisionChooser;
import io.hostfirewall.operator.watch.Informers;
import io.hostfirewall.ruleset.check.NamedSets;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Accepts or refuses a policy and reports how far its nodes have come: validate, observe, decide,
 * write. Writes nothing of the user's but the status.
 */
public final class PolicyReconciler implements Reconciler<HostFirewallPolicy> {

  private static final Duration AFTER_CONFLICT = Duration.ofMillis(200);

  private static final PatchContext APPLY =
      new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager("hostfirewall-operator")
          .withForce(true)
          .build();

  private final KubernetesClient client;
  private final RevisionChooser chooser;
  private final PolicySurroundings surroundings;
  private final PolicyEvents events;
  private final PolicyMetrics metrics;
  private final Clock clock;
  private final StatusPace pace;

  /**
   * @param uptime a clock that nobody can set
   */
  public PolicyReconciler(
      KubernetesClient client,
      RevisionChooser chooser,
      PolicySurroundings surroundings,
      PolicyMetrics metrics,
      Clock clock,
      InstantSource uptime) {
    this.client = client;
    this.chooser = chooser;
    this.surroundings = surroundings;
    this.events = new PolicyEvents(client, clock);
    this.metrics = metrics;
    this.clock = clock;
    this.pace = new StatusPace(uptime);
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
    var addressSets =
        Informers.onAddressSets(
            context,
            settings ->
                settings
                    .withSecondaryToPrimaryMapper(
                        set -> ids(all.list(policy -> names(policy, KnownSets.name(set)))))
                    .withOnUpdateFilter(KnownSets::renamed));
    return Stream.concat(
            Stream.of(nodes, states, revisions, addressSets),
            surroundings.eventSources(context, nodes).stream())
        .toList();
  }

  @Override
  public UpdateControl<HostFirewallPolicy> reconcile(
      HostFirewallPolicy policy, Context<HostFirewallPolicy> context) {
    if (context.isPrimaryResourceDeleted()) {
      metrics.forget(policy.getMetadata().getName());
      return UpdateControl.noUpdate();
    }
    var verdict = validate(policy, context);
    var nodes = observe(verdict, context);
    metrics.nodes(policy.getMetadata().getName(), nodes.counts());
    var stranger = PolicySurroundings.stranger(context);
    var status = PolicyStatuses.of(policy, verdict, nodes, stranger, clock.instant());
    return write(policy, status, context);
  }

  private static PolicyVerdict validate(
      HostFirewallPolicy policy, Context<HostFirewallPolicy> context) {
    return PolicyVerdict.of(
        policy, cached(HostFirewallRevision.class, context), addressSets(context));
  }

  private static Set<String> addressSets(Context<HostFirewallPolicy> context) {
    return KnownSets.of(cached(HostFirewallAddressSet.class, context));
  }

  private NodeTally observe(PolicyVerdict verdict, Context<HostFirewallPolicy> context) {
    var revisions = cached(HostFirewallRevision.class, context);
    var policies = context.getPrimaryCache().list(any -> true).toList();
    var fleet =
        Fleet.of(
            cached(Node.class, context).stream().map(NodeView::of).toList(),
            cached(HostFirewallNodeState.class, context),
            revisions,
            PolicyVerdict.inForce(policies, revisions, addressSets(context)),
            chooser,
            surroundings.agents(context));
    return new NodeObserver(fleet).tally(verdict);
  }

  private UpdateControl<HostFirewallPolicy> write(
      HostFirewallPolicy policy,
      HostFirewallPolicyStatus status,
      Context<HostFirewallPolicy> context) {
    var before = policy.getStatus();
    if (status.equals(before)) {
      return UpdateControl.noUpdate();
    }
    var delay = pace.delay(policy.getMetadata().getUid(), before, status);
    if (delay.isPositive()) {
      return UpdateControl.<HostFirewallPolicy>noUpdate().rescheduleAfter(delay);
    }
    events.report(policy, before, status);
    return patch(policy, status, context)
        ? UpdateControl.noUpdate()
        : UpdateControl.<HostFirewallPolicy>noUpdate().rescheduleAfter(AFTER_CONFLICT);
  }

  /** Writes the status; false if the policy has changed meanwhile. */
  private boolean patch(
      HostFirewallPolicy policy,
      HostFirewallPolicyStatus status,
      Context<HostFirewallPolicy> context) {
    var began = clock.instant();
    boolean success = false;
    try {
      var written = client.resource(statusOnly(policy, status)).subresource("status").patch(APPLY);
      success = true;
      // Until the informer has heard of it, this is how the policy stands.
      context
          .eventSourceRetriever()
          .getControllerEventSource()
          .handleRecentResourceUpdate(ResourceID.fromResource(policy), written, policy);
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
    } finally {
      metrics.statusWritten(success);
      pace.wrote(policy.getMetadata().getUid(), Duration.between(began, clock.instant()));
    }
    return success;
  }

  /**
   * A fresh object: server-side apply takes ownership of whatever is sent. With the version that
   * was looked at, so that the answer is the newest state.
   */
  private static HostFirewallPolicy statusOnly(
      HostFirewallPolicy policy, HostFirewallPolicyStatus status) {
    var fresh = new HostFirewallPolicy();
    fresh.setMetadata(
        new ObjectMetaBuilder()
            .withName(policy.getMetadata().getName())
            .withResourceVersion(policy.getMetadata().getResourceVersion())
            .build());
    fresh.setStatus(status);
    return fresh;
  }

  private static boolean names(HostFirewallPolicy policy, String addressSet) {
    return NamedSets.of(policy.getSpec()).contains(addressSet);
  }

  private static boolean holds(HostFirewallRevision revision, HostFirewallPolicy policy) {
    return revision.getSpec().policies().stream()
        .anyMatch(held -> held.uid().equals(policy.getMetadata().getUid()));
  }
}
