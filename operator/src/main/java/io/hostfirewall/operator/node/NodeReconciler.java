package io.hostfirewall.operator.node;

import static io.hostfirewall.operator.watch.Informers.cached;
import static io.hostfirewall.operator.watch.Informers.ids;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeState;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateSpec;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicy;
import io.hostfirewall.api.v1alpha1.HostFirewallRevision;
import io.hostfirewall.operator.select.NodeSelection;
import io.hostfirewall.operator.select.NodeView;
import io.hostfirewall.operator.select.PolicyVerdict;
import io.hostfirewall.operator.select.RevisionChoice;
import io.hostfirewall.operator.select.RevisionChooser;
import io.hostfirewall.operator.watch.Informers;
import io.hostfirewall.operator.watch.KubernetesService;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.util.Collection;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Tells a node what to run: selects the policies in force on it, merges them to a revision, and
 * names the revision in the node's state. Never writes to the Node.
 */
public final class NodeReconciler implements Reconciler<Node> {

  private static final Logger LOG = Logger.getLogger(NodeReconciler.class);
  private static final String NO_REVISION = "";

  private final KubernetesClient client;
  private final RevisionChooser chooser;
  private final Revisions revisions;

  public NodeReconciler(KubernetesClient client, RevisionChooser chooser) {
    this.client = client;
    this.chooser = chooser;
    this.revisions = new Revisions(client);
  }

  @Override
  public List<EventSource<?, Node>> prepareEventSources(EventSourceContext<Node> context) {
    var states =
        Informers.on(
            HostFirewallNodeState.class,
            context,
            settings ->
                settings
                    .withSecondaryToPrimaryMapper(state -> ids(List.of(state).stream()))
                    .withOnUpdateFilter(NodeReconciler::specChanged));
    var revisions =
        Informers.on(
            HostFirewallRevision.class,
            context,
            settings ->
                settings
                    .withSecondaryToPrimaryMapper(
                        revision -> ids(states.list(state -> names(state, revision))))
                    .withOnAddFilter(revision -> false)
                    .withOnUpdateFilter((now, before) -> false));
    var affected = new AffectedNodes(context.getPrimaryCache(), states, revisions);
    var policies =
        Informers.on(
            HostFirewallPolicy.class,
            context,
            settings ->
                settings
                    .withSecondaryToPrimaryMapper(affected::by)
                    .withOnUpdateFilter(NodeReconciler::specChanged));
    var apiServers =
        Informers.on(
            EndpointSlice.class,
            context,
            settings ->
                settings
                    .withNamespaces(KubernetesService.NAMESPACE)
                    .withLabelSelector(KubernetesService.SELECTOR)
                    .withSecondaryToPrimaryMapper(
                        slice -> ids(context.getPrimaryCache().list(any -> true))));
    return List.of(states, revisions, policies, apiServers);
  }

  @Override
  public UpdateControl<Node> reconcile(Node node, Context<Node> context) {
    var view = NodeView.of(node);
    if (!view.linux() || view.beingDeleted()) {
      return UpdateControl.noUpdate();
    }
    var present = presentState(view, context);
    var choice = confirm(choose(view, context), present, view, context);
    var revision = ensureRevision(choice, present, view, context);
    writeState(view, revision, present, context);
    return UpdateControl.noUpdate();
  }

  private static @Nullable HostFirewallNodeState presentState(
      NodeView node, Context<Node> context) {
    return Informers.of(HostFirewallNodeState.class, context)
        .get(new ResourceID(node.name()))
        .orElse(null);
  }

  private RevisionChoice choose(NodeView node, Context<Node> context) {
    return choose(node, cached(HostFirewallPolicy.class, context), context);
  }

  private RevisionChoice choose(
      NodeView node, Collection<HostFirewallPolicy> policies, Context<Node> context) {
    var known = revisions.known(Informers.of(HostFirewallRevision.class, context));
    return chooser.choose(NodeSelection.on(node, PolicyVerdict.inForce(policies, known)));
  }

  /** Opening a firewall is believed only from the API server itself, never from a cache. */
  private RevisionChoice confirm(
      RevisionChoice choice,
      @Nullable HostFirewallNodeState present,
      NodeView node,
      Context<Node> context) {
    var told = present != null && revisionOf(present).isEmpty();
    if (choice instanceof RevisionChoice.None && !told) {
      return choose(node, client.resources(HostFirewallPolicy.class).list().getItems(), context);
    }
    return choice;
  }

  /** Makes sure that the revision exists before a node is told its name. */
  private String ensureRevision(
      RevisionChoice choice,
      @Nullable HostFirewallNodeState present,
      NodeView node,
      Context<Node> context) {
    return switch (choice) {
      case RevisionChoice.None none -> NO_REVISION;
      case RevisionChoice.Named named -> {
        revisions.ensure(named, Informers.of(HostFirewallRevision.class, context));
        yield named.name();
      }
      case RevisionChoice.TooLarge tooLarge -> {
        LOG.warnf("node %s keeps its revision: %s", node.name(), tooLarge.message());
        yield revisionOf(present);
      }
    };
  }

  private void writeState(
      NodeView node,
      String revision,
      @Nullable HostFirewallNodeState present,
      Context<Node> context) {
    var apiServers = new ApiServerEndpoints(cached(EndpointSlice.class, context));
    var wanted = new HostFirewallNodeStateSpec(revision, NodeStates.describe(node, apiServers));
    if (NodeStates.says(present, node, wanted)) {
      return;
    }
    client
        .resource(NodeStates.of(node, wanted))
        .patch(
            new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager(NodeStates.OPERATOR)
                .withForce(true)
                .build());
    if (!revision.equals(revisionOf(present))) {
      LOG.infof("node %s: revision %s", node.name(), revision.isEmpty() ? "none" : revision);
    }
  }

  private static String revisionOf(@Nullable HostFirewallNodeState state) {
    return state == null ? NO_REVISION : state.getSpec().revision();
  }

  private static boolean names(HostFirewallNodeState state, HostFirewallRevision revision) {
    return state.getSpec().revision().equals(revision.getMetadata().getName());
  }

  private static boolean specChanged(HasMetadata now, HasMetadata before) {
    return !now.getMetadata().getGeneration().equals(before.getMetadata().getGeneration())
        || now.getMetadata().getDeletionTimestamp() != null;
  }
}
