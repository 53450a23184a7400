package io.hostfirewall.operator.uninstall;

import static java.util.stream.Collectors.toSet;

import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.hostfirewall.api.v1alpha1.HostFirewallAddressSet;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeState;
import io.hostfirewall.api.v1alpha1.HostFirewallRevision;
import io.hostfirewall.operator.agent.AgentDaemonSets;
import io.hostfirewall.operator.select.NodeView;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Takes everything of ours off the nodes and out of the cluster, and leaves policies to the user.
 * Operator first, then agents, then cleaning: nobody is left who would put rules back. What was
 * done before is found done, and what does not work within its time is told and passed over.
 */
final class Uninstall {

  private static final PatchContext APPLY =
      new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager("hostfirewall-uninstall")
          .withForce(true)
          .build();

  private static final Cleaning NOT_LOOKED = Cleaning.of(null, List.of(), Set.of());

  private static final Duration FOR_LAST_PODS = Duration.ofSeconds(15);

  private final KubernetesClient client;
  private final AgentDaemonSets daemonSets;
  private final String deployment;
  private final Deadline deadline;
  private final Progress progress;
  private final Attempts attempts;

  Uninstall(
      KubernetesClient client,
      AgentDaemonSets daemonSets,
      String deployment,
      Deadline deadline,
      Progress progress) {
    this.client = client;
    this.daemonSets = daemonSets;
    this.deployment = deployment;
    this.deadline = deadline;
    this.progress = progress;
    this.attempts = new Attempts(deadline, progress);
  }

  /**
   * Does it, and says which nodes it could not reach, with reasons.
   *
   * @param cleaning whether there is an image to clean nodes with
   */
  SortedMap<String, String> run(boolean cleaning) throws InterruptedException {
    stopOperator();
    var firewalled = firewalledNodes();
    stopAgents();
    var unreached = cleaning ? clean(firewalled) : cannotClean(firewalled);
    removeObjects();
    return unreached;
  }

  private void stopOperator() throws InterruptedException {
    var operator = operator();
    if (operator == null) {
      progress.say("operator: there is no Deployment %s".formatted(deployment));
      return;
    }
    attempts.run(
        "scale the operator to 0",
        () ->
            client
                .apps()
                .deployments()
                .inNamespace(namespace())
                .withName(deployment)
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"replicas\":0}}"));
    var labels = operator.getSpec().getSelector().getMatchLabels();
    progress.say(
        awaitNoPods(labels, deadline.after(1, 4))
            ? "operator: stopped"
            : "operator: still runs, going on");
  }

  private @Nullable Deployment operator() throws InterruptedException {
    return attempts.ask(
        "read the operator's Deployment",
        () -> client.apps().deployments().inNamespace(namespace()).withName(deployment).get());
  }

  private void stopAgents() throws InterruptedException {
    delete(daemonSets.settings().name());
    progress.say(
        awaitNoPods(daemonSets.agentSelector(), deadline.after(2, 4))
            ? "agents: stopped; their rules stay until they are removed"
            : "agents: some still run, going on");
  }

  private SortedMap<String, String> clean(Set<String> firewalled) throws InterruptedException {
    var owner = Optional.ofNullable(operator()).map(Uninstall::asOwner);
    var wanted = daemonSets.cleanup(owner.stream().toArray(OwnerReference[]::new));
    var name = wanted.getMetadata().getName();
    attempts.run("create the DaemonSet " + name, () -> client.resource(wanted).patch(APPLY));
    progress.say("cleaning: DaemonSet %s".formatted(name));
    var end = awaitClean(name);
    progress.say("cleaning: %d of %d nodes are clean".formatted(end.done().size(), end.nodes()));
    delete(name);
    awaitNoPods(daemonSets.cleanupSelector(), deadline.anew(FOR_LAST_PODS));
    return unreached(end, firewalled);
  }

  private SortedMap<String, String> cannotClean(Set<String> firewalled) {
    progress.say("cleaning: no agent runs, and the configuration names no image to clean with");
    return unreached(NOT_LOOKED, firewalled);
  }

  private Cleaning awaitClean(String name) throws InterruptedException {
    var now = NOT_LOOKED;
    do {
      var before = now;
      now = Attempts.once(before, () -> look(name));
      tellNews(before, now);
    } while (!now.ended() && deadline.pauseUnlessPassed());
    return now;
  }

  private Cleaning look(String name) {
    var present = client.apps().daemonSets().inNamespace(namespace()).withName(name).get();
    return Cleaning.of(present, pods(daemonSets.cleanupSelector()), notReadyNodes());
  }

  private void tellNews(Cleaning before, Cleaning now) {
    now.done().stream()
        .filter(node -> !before.done().contains(node))
        .forEach(node -> progress.say("cleaning: %s is clean".formatted(node)));
  }

  private static SortedMap<String, String> unreached(Cleaning end, Set<String> firewalled) {
    var unreached = new TreeMap<>(end.unreachable());
    unreached.putAll(end.waiting());
    firewalled.stream()
        .filter(node -> !end.done().contains(node))
        .forEach(node -> unreached.putIfAbsent(node, "no pod that cleans up was placed there"));
    return unreached;
  }

  private void removeObjects() throws InterruptedException {
    remove(HostFirewallNodeState.class, any -> true);
    remove(HostFirewallRevision.class, any -> true);
    remove(HostFirewallAddressSet.class, set -> set.getMetadata().getName().startsWith("cluster-"));
  }

  private <T extends HasMetadata> void remove(Class<T> kind, Predicate<T> which)
      throws InterruptedException {
    var found =
        attempts.askOr(
            "list " + HasMetadata.getPlural(kind),
            List.<T>of(),
            () -> client.resources(kind).list().getItems().stream().filter(which).toList());
    for (var each : found) {
      attempts.run(
          "delete %s %s".formatted(HasMetadata.getSingular(kind), each.getMetadata().getName()),
          () -> client.resource(each).delete());
    }
    progress.say("deleted %d %s".formatted(found.size(), HasMetadata.getPlural(kind)));
  }

  /** Nodes that exist and whose agent has said that it enforces something. */
  private Set<String> firewalledNodes() throws InterruptedException {
    var nodes =
        attempts.askOr(
            "list nodes",
            Set.<String>of(),
            () ->
                client.nodes().list().getItems().stream()
                    .map(node -> node.getMetadata().getName())
                    .collect(toSet()));
    return attempts.askOr(
        "list node states",
        Set.<String>of(),
        () ->
            client.resources(HostFirewallNodeState.class).list().getItems().stream()
                .filter(Uninstall::enforcesSomething)
                .map(state -> state.getMetadata().getName())
                .filter(nodes::contains)
                .collect(toSet()));
  }

  private static boolean enforcesSomething(HostFirewallNodeState state) {
    return state.getStatus() != null
        && state.getStatus().revision() != null
        && !state.getStatus().revision().isEmpty();
  }

  private void delete(String daemonSet) throws InterruptedException {
    attempts.run(
        "delete the DaemonSet " + daemonSet,
        () ->
            client
                .apps()
                .daemonSets()
                .inNamespace(namespace())
                .withName(daemonSet)
                .withPropagationPolicy(DeletionPropagation.BACKGROUND)
                .delete());
  }

  /** Waits until no pod is left but on nodes that cannot say. */
  private boolean awaitNoPods(Map<String, String> labels, Deadline until)
      throws InterruptedException {
    return until.await(
        () ->
            Attempts.once(
                false,
                () -> {
                  var silent = notReadyNodes();
                  return pods(labels).stream()
                      .allMatch(pod -> silent.contains(pod.getSpec().getNodeName()));
                }));
  }

  private List<Pod> pods(Map<String, String> labels) {
    return client.pods().inNamespace(namespace()).withLabels(labels).list().getItems();
  }

  private Set<String> notReadyNodes() {
    return client.nodes().list().getItems().stream()
        .map(NodeView::of)
        .filter(NodeView::unreachable)
        .map(NodeView::name)
        .collect(toSet());
  }

  private String namespace() {
    return daemonSets.namespace();
  }

  /** Should this program end half-way, the DaemonSet goes with the rest of the release. */
  private static OwnerReference asOwner(Deployment operator) {
    return new OwnerReferenceBuilder()
        .withApiVersion("apps/v1")
        .withKind("Deployment")
        .withName(operator.getMetadata().getName())
        .withUid(operator.getMetadata().getUid())
        .build();
  }
}
