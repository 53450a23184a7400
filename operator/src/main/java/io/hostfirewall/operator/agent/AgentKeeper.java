package io.hostfirewall.operator.agent;

import static io.hostfirewall.operator.watch.Informers.ids;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.hostfirewall.operator.watch.Informers;
import io.javaoperatorsdk.operator.api.config.informer.FieldSelector;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the agents' DaemonSet as it is configured. Its primary is the operator's own Deployment,
 * which owns the DaemonSet. What we do not set is left to others: a restart annotation of kubectl,
 * what the API server fills in.
 */
public final class AgentKeeper implements Reconciler<Deployment> {

  private static final Logger LOG = Logger.getLogger(AgentKeeper.class);
  private static final String OPERATOR = "hostfirewall-operator";

  private final KubernetesClient client;
  private final AgentDaemonSets daemonSets;
  private final AtomicReference<@Nullable DaemonSet> applied = new AtomicReference<>();

  public AgentKeeper(KubernetesClient client, AgentDaemonSets daemonSets) {
    this.client = client;
    this.daemonSets = daemonSets;
  }

  @Override
  public List<EventSource<?, Deployment>> prepareEventSources(
      EventSourceContext<Deployment> context) {
    var operators = context.getPrimaryCache();
    return List.of(
        Informers.on(
            DaemonSet.class,
            context,
            settings ->
                settings
                    .withNamespaces(daemonSets.namespace())
                    .withFieldSelector(
                        new FieldSelector(
                            new FieldSelector.Field(
                                "metadata.name", daemonSets.settings().name(), false)))
                    .withSecondaryToPrimaryMapper(any -> ids(operators.list(all -> true)))
                    .withOnUpdateFilter((now, before) -> !isStill(now, before))));
  }

  @Override
  public UpdateControl<Deployment> reconcile(Deployment operator, Context<Deployment> context) {
    var wanted = daemonSets.agent(owner(operator));
    var present = present(context);
    if (present.filter(now -> isLeaving(now) || isAsApplied(now, wanted)).isEmpty()) {
      apply(wanted, present);
    }
    return UpdateControl.noUpdate();
  }

  private Optional<DaemonSet> present(Context<Deployment> context) {
    return Informers.of(DaemonSet.class, context)
        .get(new ResourceID(daemonSets.settings().name(), daemonSets.namespace()));
  }

  private void apply(DaemonSet wanted, Optional<DaemonSet> present) {
    var now =
        client
            .resource(wanted)
            .patch(
                new PatchContext.Builder()
                    .withPatchType(PatchType.SERVER_SIDE_APPLY)
                    .withFieldManager(OPERATOR)
                    .withForce(true)
                    .build());
    applied.set(now);
    if (present.filter(before -> isStill(now, before)).isEmpty()) {
      LOG.infof(
          "agents: DaemonSet %s, generation %d",
          now.getMetadata().getName(), now.getMetadata().getGeneration());
    }
  }

  /**
   * Whether nobody has touched the DaemonSet since we applied it. The API server counts the
   * generation up whenever a spec changes, and our own last write was answered with one; a cache
   * that has not heard of it yet shows a smaller one.
   */
  private boolean isAsApplied(DaemonSet now, DaemonSet wanted) {
    var last = applied.get();
    return last != null
        && Objects.equals(last.getMetadata().getUid(), now.getMetadata().getUid())
        && now.getMetadata().getGeneration() <= last.getMetadata().getGeneration()
        && last.getMetadata().getOwnerReferences().containsAll(owners(wanted))
        && now.getMetadata().getOwnerReferences().containsAll(owners(wanted))
        && now.getMetadata()
            .getLabels()
            .entrySet()
            .containsAll(wanted.getMetadata().getLabels().entrySet());
  }

  private static boolean isStill(DaemonSet now, DaemonSet before) {
    return Objects.equals(now.getMetadata().getGeneration(), before.getMetadata().getGeneration())
        && Objects.equals(now.getMetadata().getLabels(), before.getMetadata().getLabels())
        && Objects.equals(owners(now), owners(before))
        && isLeaving(now) == isLeaving(before);
  }

  /** Deleted with its pods: it is made again when it is gone. */
  private static boolean isLeaving(DaemonSet present) {
    return present.getMetadata().getDeletionTimestamp() != null;
  }

  private static List<OwnerReference> owners(DaemonSet daemonSet) {
    return daemonSet.getMetadata().getOwnerReferences();
  }

  private static OwnerReference owner(Deployment operator) {
    return new OwnerReferenceBuilder()
        .withApiVersion("apps/v1")
        .withKind("Deployment")
        .withName(operator.getMetadata().getName())
        .withUid(operator.getMetadata().getUid())
        .withController(true)
        .build();
  }
}
