package io.hostfirewall.agent.cluster;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.hostfirewall.api.v1alpha1.HostFirewallAddressSet;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeState;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateStatus;
import io.hostfirewall.api.v1alpha1.HostFirewallRevision;
import io.hostfirewall.api.v1alpha1.HostFirewallRevisionSpec;
import io.hostfirewall.ruleset.model.Cidr;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The cluster by its API server. */
public final class KubernetesCluster implements Cluster {

  private static final System.Logger LOG = System.getLogger(KubernetesCluster.class.getName());
  private static final String FIELD_MANAGER = "hostfirewall-agent";

  /** Where events about objects without a namespace live. */
  private static final String EVENTS = "default";

  /** The API server refuses longer ones (validation of events, 1024 bytes). */
  private static final int LONGEST_EVENT_MESSAGE = 1000;

  private final String nodeName;
  private final KubernetesClient client;
  private final AtomicReference<@Nullable HostFirewallNodeState> nodeState =
      new AtomicReference<>();
  private final AtomicReference<@Nullable Map<String, List<Cidr>>> addressSets =
      new AtomicReference<>();

  private final List<SharedIndexInformer<?>> informers = new CopyOnWriteArrayList<>();
  private volatile Runnable changed = () -> {};

  /** Finds the API server as kubectl does, or as a pod does. */
  public KubernetesCluster(String nodeName) {
    this.nodeName = nodeName;
    var config = config();
    // Whoever asks decides when to ask again.
    config.setRequestRetryBackoffLimit(0);
    var executor =
        Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("cluster").factory());
    this.client =
        new KubernetesClientBuilder()
            .withConfig(config)
            .withKubernetesSerialization(serialization())
            .withTaskExecutor(executor)
            .build();
  }

  /** Where the API server is reached. */
  public URI server() {
    return URI.create(client.getMasterUrl().toString());
  }

  private static Config config() {
    return Optional.ofNullable(System.getenv("KUBECONFIG"))
        .filter(file -> !file.isEmpty())
        .flatMap(file -> KubeConfigFile.read(Path.of(file)))
        .orElseGet(() -> Config.autoConfigure(null));
  }

  /** Knows our kinds only: looking for all of Kubernetes' costs 9 MB (docs: measured). */
  private static KubernetesSerialization serialization() {
    var serialization = new KubernetesSerialization(new ObjectMapper(), false);
    serialization.registerKubernetesResource(HostFirewallNodeState.class);
    serialization.registerKubernetesResource(HostFirewallRevision.class);
    serialization.registerKubernetesResource(HostFirewallAddressSet.class);
    // In it a watch says that it is too old to go on; unread, the watch would begin there for ever.
    serialization.registerKubernetesResource(Status.class);
    return serialization;
  }

  @Override
  public void start(Runnable listener) {
    changed = listener;
    watch();
  }

  @Override
  public void reconnect() {
    List.copyOf(informers).forEach(SharedIndexInformer::stop);
    informers.clear();
    watch();
  }

  private void watch() {
    begin(
        client
            .resources(HostFirewallNodeState.class)
            .withField("metadata.name", nodeName)
            .runnableInformer(0),
        informer -> informer.getStore().list().stream().findFirst().ifPresent(nodeState::set));
    begin(
        client.resources(HostFirewallAddressSet.class).runnableInformer(0),
        informer -> {
          var before = addressSets.get();
          addressSets.set(
              AddressSets.merge(before == null ? Map.of() : before, informer.getStore().list()));
        });
  }

  /** What to do with the store of an informer that holds everything that there is. */
  private interface Look<T> {
    void at(SharedIndexInformer<T> informer);
  }

  private <T extends HasMetadata> void begin(SharedIndexInformer<T> informer, Look<T> look) {
    Runnable seen =
        () -> {
          if (informer.hasSynced()) {
            look.at(informer);
            changed.run();
          }
        };
    informers.add(informer);
    informer.addEventHandler(new Handler<>(seen));
    informer.exceptionHandler(
        (isStarted, problem) -> {
          LOG.log(
              System.Logger.Level.WARNING, "the API server does not answer: {0}", cause(problem));
          return true;
        });
    // The first list may be empty, and then no event tells of it.
    var _ = informer.start().thenRun(seen);
  }

  private record Handler<T>(Runnable seen) implements ResourceEventHandler<T> {

    @Override
    public void onAdd(T object) {
      seen.run();
    }

    @Override
    public void onUpdate(T before, T object) {
      seen.run();
    }

    @Override
    public void onDelete(T object, boolean unknown) {
      seen.run();
    }
  }

  @Override
  public Optional<HostFirewallNodeState> nodeState() {
    return Optional.ofNullable(nodeState.get());
  }

  @Override
  public Optional<Map<String, List<Cidr>>> addressSets() {
    return Optional.ofNullable(addressSets.get());
  }

  @Override
  public HostFirewallRevisionSpec revision(String name) throws ClusterException {
    HostFirewallRevision revision;
    try {
      revision = client.resources(HostFirewallRevision.class).withName(name).get();
    } catch (KubernetesClientException e) {
      throw new ClusterException("revision " + name + " cannot be read: " + said(e), e);
    }
    if (revision == null) {
      throw new ClusterException("revision " + name + " does not exist");
    }
    if (revision.getSpec() == null || revision.getSpec().policies() == null) {
      throw new ClusterException("revision " + name + " holds no policies");
    }
    return revision.getSpec();
  }

  @Override
  public void report(HostFirewallNodeStateStatus status) throws ClusterException {
    var state = new HostFirewallNodeState();
    state.setMetadata(new ObjectMetaBuilder().withName(nodeName).build());
    state.setStatus(status);
    try {
      client
          .resource(state)
          .subresource("status")
          .patch(
              new PatchContext.Builder()
                  .withPatchType(PatchType.SERVER_SIDE_APPLY)
                  .withFieldManager(FIELD_MANAGER)
                  .withForce(true)
                  .build());
    } catch (KubernetesClientException e) {
      throw new ClusterException("the status cannot be written: " + said(e), e);
    }
  }

  @Override
  public void event(String reason, String message) throws ClusterException {
    var now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    var event =
        new EventBuilder()
            .withNewMetadata()
            .withGenerateName(nodeName + ".")
            .withNamespace(EVENTS)
            .endMetadata()
            .withInvolvedObject(
                new ObjectReferenceBuilder()
                    .withApiVersion(HasMetadata.getApiVersion(HostFirewallNodeState.class))
                    .withKind(HasMetadata.getKind(HostFirewallNodeState.class))
                    .withName(nodeName)
                    .withUid(nodeState().map(s -> s.getMetadata().getUid()).orElse(null))
                    .build())
            .withType("Warning")
            .withReason(reason)
            .withMessage(message.substring(0, Math.min(message.length(), LONGEST_EVENT_MESSAGE)))
            .withNewSource(FIELD_MANAGER, nodeName)
            .withFirstTimestamp(now)
            .withLastTimestamp(now)
            .withCount(1)
            .build();
    try {
      client.resource(event).create();
    } catch (KubernetesClientException e) {
      throw new ClusterException("the event cannot be written: " + said(e), e);
    }
  }

  private static String cause(Throwable problem) {
    var cause = problem;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause instanceof KubernetesClientException e ? said(e) : cause.toString();
  }

  private static String said(KubernetesClientException e) {
    var status = e.getStatus();
    return status != null && status.getMessage() != null
        ? status.getMessage()
        : String.valueOf(e.getMessage());
  }

  @Override
  public void close() {
    client.close();
  }
}
