package io.hostfirewall.operator.node;

import static io.hostfirewall.operator.watch.Informers.cached;
import static io.hostfirewall.operator.watch.Informers.ids;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.hostfirewall.api.v1alpha1.HostFirewallAddressSet;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeState;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateSpec;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateStatus;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicy;
import io.hostfirewall.api.v1alpha1.HostFirewallRevision;
import io.hostfirewall.api.v1alpha1.NodePhase;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.operator.address.KnownSets;
import io.hostfirewall.operator.agent.AgentDaemonSets;
import io.hostfirewall.operator.agent.AgentPods;
import io.hostfirewall.operator.agent.Agents;
import io.hostfirewall.operator.rollout.Fleet;
import io.hostfirewall.operator.rollout.Step;
import io.hostfirewall.operator.rollout.Target;
import io.hostfirewall.operator.select.NodeSelection;
import io.hostfirewall.operator.select.NodeView;
import io.hostfirewall.operator.select.PolicyVerdict;
import io.hostfirewall.operator.select.RevisionChoice;
import io.hostfirewall.operator.select.RevisionChooser;
import io.hostfirewall.operator.watch.Informers;
import io.hostfirewall.operator.watch.KubernetesService;
import io.hostfirewall.ruleset.check.NamedSets;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Tells a node what to run: selects the policies in force on it, merges them to a revision, and
 * names the revision in the node's state as soon as the rollout lets it. Never writes to the Node.
 */
public final class NodeReconciler implements Reconciler<Node> {

  private static final Logger LOG = Logger.getLogger(NodeReconciler.class);
  private static final String NO_REVISION = "";

  private final KubernetesClient client;
  private final RevisionChooser chooser;
  private final @Nullable AgentDaemonSets agents;
  private final Revisions revisions;
  private final RolloutGate gate;
  private final NodeViews views = new NodeViews();

  /**
   * @param agents absent when the agents are somebody else's: then nobody watches them
   * @param patience how long a node is waited for that does not answer
   * @param uptime a clock that nobody can set
   */
  public NodeReconciler(
      KubernetesClient client,
      RevisionChooser chooser,
      @Nullable AgentDaemonSets agents,
      Duration patience,
      InstantSource uptime) {
    this.client = client;
    this.chooser = chooser;
    this.agents = agents;
    this.revisions = new Revisions(client);
    this.gate = new RolloutGate(patience, uptime);
  }

  @Override
  public List<EventSource<?, Node>> prepareEventSources(EventSourceContext<Node> context) {
    var states =
        Informers.on(
            HostFirewallNodeState.class,
            context,
            settings ->
                settings
                    .withSecondaryToPrimaryMapper(
                        state -> withThoseThatWait(state.getMetadata().getName()))
                    .withOnUpdateFilter(
                        (now, before) -> specChanged(now, before) || answered(now, before)));
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
    var addressSets =
        Informers.onAddressSets(
            context,
            settings ->
                settings
                    .withSecondaryToPrimaryMapper(
                        set ->
                            affected.byAll(
                                policies.list(p -> names(p, KnownSets.name(set))).toList()))
                    .withOnUpdateFilter(KnownSets::renamed));
    return Stream.<EventSource<?, Node>>concat(
            Stream.of(states, revisions, policies, apiServers, addressSets, new WaitingNodes()),
            agents == null
                ? Stream.of()
                : Stream.of(AgentPods.on(agents, context, this::concerned)))
        .toList();
  }

  private Set<ResourceID> concerned(Pod pod) {
    return Optional.ofNullable(pod.getSpec().getNodeName())
        .map(this::withThoseThatWait)
        .orElse(Set.of());
  }

  private Set<ResourceID> withThoseThatWait(String node) {
    return Stream.concat(Stream.of(node), gate.waitingFor(node).stream())
        .map(ResourceID::new)
        .collect(Collectors.toSet());
  }

  @Override
  public UpdateControl<Node> reconcile(Node node, Context<Node> context) {
    lookAgainAtThoseThatWait(node, context);
    var view = NodeView.of(node);
    if (!view.linux() || view.beingDeleted()) {
      return UpdateControl.noUpdate();
    }
    var present = presentState(view, context);
    var choice = confirm(choose(view, context), present, view, context);
    return switch (step(choice, present, view, context)) {
      case Step.Go _ -> {
        tell(choice, present, view, context);
        yield UpdateControl.noUpdate();
      }
      case Step.Wait _, Step.Stopped _ -> {
        keep(present, view, context);
        yield UpdateControl.<Node>noUpdate().rescheduleAfter(gate.left(view.name()));
      }
    };
  }

  private void lookAgainAtThoseThatWait(Node node, Context<Node> context) {
    var names = gate.waitingFor(node.getMetadata().getName());
    if (!names.isEmpty()) {
      ((WaitingNodes) context.eventSourceRetriever().getEventSourceFor(Node.class))
          .lookAgainAt(names);
    }
  }

  /** Only a revision that the node was not told yet may have to wait. */
  private Step step(
      RevisionChoice choice,
      @Nullable HostFirewallNodeState present,
      NodeView node,
      Context<Node> context) {
    if (choice instanceof RevisionChoice.Named named && !named.name().equals(revisionOf(present))) {
      return gate.ask(node.name(), Target.of(named), () -> fleet(context));
    }
    gate.goesOn(node.name());
    return new Step.Go();
  }

  private Fleet fleet(Context<Node> context) {
    return Fleet.of(
        views.of(context.getPrimaryCache().list(any -> true).toList()),
        cached(HostFirewallNodeState.class, context),
        revisions.known(Informers.of(HostFirewallRevision.class, context)),
        inForce(cached(HostFirewallPolicy.class, context), context),
        chooser,
        agents == null ? Agents.unwatched() : Agents.of(cached(Pod.class, context)));
  }

  private void tell(
      RevisionChoice choice,
      @Nullable HostFirewallNodeState present,
      NodeView node,
      Context<Node> context) {
    try {
      var revision = ensureRevision(choice, present, node, context);
      writeState(node, revision, present, context);
    } catch (RuntimeException e) {
      gate.failed(node.name());
      throw e;
    }
  }

  /**
   * Says what is new of the node, and nothing of a revision. A node without a state gets none: its
   * agent keeps what it enforces, and an empty revision would mean to remove it.
   */
  private void keep(@Nullable HostFirewallNodeState present, NodeView node, Context<Node> context) {
    if (present != null) {
      writeState(node, revisionOf(present), present, context);
    }
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
    return chooser.choose(NodeSelection.on(node, inForce(policies, context)));
  }

  private List<RevisionPolicy> inForce(
      Collection<HostFirewallPolicy> policies, Context<Node> context) {
    var known = revisions.known(Informers.of(HostFirewallRevision.class, context));
    var addressSets = KnownSets.of(cached(HostFirewallAddressSet.class, context));
    return PolicyVerdict.inForce(policies, known, addressSets);
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

  private static boolean names(HostFirewallPolicy policy, String addressSet) {
    return NamedSets.of(policy.getSpec()).contains(addressSet);
  }

  private static boolean names(HostFirewallNodeState state, HostFirewallRevision revision) {
    return state.getSpec().revision().equals(revision.getMetadata().getName());
  }

  private static boolean specChanged(HasMetadata now, HasMetadata before) {
    return !now.getMetadata().getGeneration().equals(before.getMetadata().getGeneration())
        || now.getMetadata().getDeletionTimestamp() != null;
  }

  /** Whether a node's agent said something that others may have waited for. */
  private static boolean answered(HostFirewallNodeState now, HostFirewallNodeState before) {
    return !Answer.of(now).equals(Answer.of(before));
  }

  private record Answer(
      @Nullable Long generation, @Nullable NodePhase phase, @Nullable String revision) {

    static Answer of(HostFirewallNodeState state) {
      return Optional.ofNullable(state.getStatus())
          .map(Answer::of)
          .orElseGet(() -> new Answer(null, null, null));
    }

    private static Answer of(HostFirewallNodeStateStatus status) {
      return new Answer(status.observedGeneration(), status.state(), status.revision());
    }
  }
}
