package io.hostfirewall.agent.cluster;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateSpec;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateStatus;
import io.hostfirewall.api.v1alpha1.HostFirewallRevisionSpec;
import io.hostfirewall.ruleset.model.Cidr;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The cluster by its API server. */
public final class KubernetesCluster implements Cluster {

  private static final String FIELD_MANAGER = "hostfirewall-agent";

  /** Where events about objects without a namespace live. */
  private static final String EVENTS = "/api/v1/namespaces/default/events";

  /** The API server refuses longer ones (validation of events, 1024 bytes). */
  private static final int LONGEST_EVENT_MESSAGE = 1000;

  static final JsonMapper JSON =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .build();

  /** A field that this version does not know may be what narrows a rule. */
  static final ObjectReader REVISION =
      JSON.readerFor(HostFirewallRevisionSpec.class)
          .with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private final String nodeName;
  private final ApiServer server;

  private volatile @Nullable NodeState nodeState;
  private volatile @Nullable Map<String, List<Cidr>> addressSets;
  private volatile Runnable changed = () -> {};
  private volatile List<Watch<?, ?>> watches = List.of();

  private KubernetesCluster(String nodeName, ApiServer server) {
    this.nodeName = nodeName;
    this.server = server;
  }

  /**
   * Finds the API server by a kubeconfig file, or as a pod does. Nothing is asked yet.
   *
   * @param environment of the process
   * @param failed called, on any thread, whenever it does not answer as it should
   * @throws ClusterException with one sentence that says what is missing
   */
  public static KubernetesCluster find(
      String nodeName, Map<String, String> environment, Runnable failed) throws ClusterException {
    return new KubernetesCluster(nodeName, new ApiServer(Access.find(environment), JSON, failed));
  }

  /** Where the API server is reached. */
  public URI server() {
    return server.uri();
  }

  @Override
  public void start(Runnable listener) {
    changed = listener;
    watch();
  }

  @Override
  public void reconnect() {
    watches.forEach(Watch::close);
    server.reconnect();
    watch();
  }

  private void watch() {
    watches =
        List.of(
            new Watch<>(
                server,
                JSON,
                Kind.NODE_STATE.path() + "?fieldSelector=metadata.name%3D" + nodeName,
                HostFirewallNodeStateSpec.class,
                HostFirewallNodeStateStatus.class,
                Watch.Patience.USUAL,
                this::seeNodeState),
            new Watch<>(
                server,
                JSON,
                Kind.ADDRESS_SET.path() + "?",
                AddressSetContent.class,
                Void.class,
                Watch.Patience.USUAL,
                this::seeAddressSets));
    watches.forEach(Watch::start);
  }

  private void seeNodeState(
      Collection<ApiObject<HostFirewallNodeStateSpec, HostFirewallNodeStateStatus>> states) {
    for (var state : states) {
      nodeState = NodeState.of(state);
    }
    changed.run();
  }

  private void seeAddressSets(Collection<ApiObject<AddressSetContent, Void>> sets) {
    var before = addressSets;
    addressSets = AddressSets.merge(before == null ? Map.of() : before, sets);
    changed.run();
  }

  @Override
  public Optional<NodeState> nodeState() {
    return Optional.ofNullable(nodeState);
  }

  @Override
  public Optional<Map<String, List<Cidr>>> addressSets() {
    return Optional.ofNullable(addressSets);
  }

  @Override
  public HostFirewallRevisionSpec revision(String name) throws ClusterException {
    var what = "revision " + name;
    var spec = told(what + " cannot be read", () -> spec(name));
    if (spec == null || spec.policies() == null) {
      throw new ClusterException(what + " holds no policies");
    }
    return spec;
  }

  private @Nullable HostFirewallRevisionSpec spec(String name)
      throws ApiException, IOException, InterruptedException {
    var spec = server.get(Kind.REVISION.path(name)).path("spec");
    return spec.isObject() ? REVISION.readValue(spec) : null;
  }

  @Override
  public void report(HostFirewallNodeStateStatus status) throws ClusterException {
    var object =
        Map.of(
            "apiVersion",
            Kind.API_VERSION,
            "kind",
            Kind.NODE_STATE.text(),
            "metadata",
            Map.of("name", nodeName),
            "status",
            status);
    var path = Kind.NODE_STATE.path(nodeName) + "/status?force=true&fieldManager=" + FIELD_MANAGER;
    told(
        "the status cannot be written",
        () -> server.send("PATCH", path, "application/apply-patch+yaml", object));
  }

  @Override
  public void event(String reason, String message) throws ClusterException {
    var now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    var event =
        Map.of(
            "metadata",
            Map.of("generateName", nodeName + ".", "namespace", "default"),
            "involvedObject",
            involvedObject(),
            "type",
            "Warning",
            "reason",
            reason,
            "message",
            message.substring(0, Math.min(message.length(), LONGEST_EVENT_MESSAGE)),
            "source",
            Map.of("component", FIELD_MANAGER, "host", nodeName),
            "firstTimestamp",
            now,
            "lastTimestamp",
            now,
            "count",
            1);
    told(
        "the event cannot be written",
        () -> server.send("POST", EVENTS, "application/json", event));
  }

  private Map<String, String> involvedObject() {
    var object = new HashMap<String, String>();
    object.put("apiVersion", Kind.API_VERSION);
    object.put("kind", Kind.NODE_STATE.text());
    object.put("name", nodeName);
    nodeState().ifPresent(state -> object.put("uid", state.uid()));
    return object;
  }

  private interface Request<T> {
    T carryOut() throws ApiException, IOException, InterruptedException;
  }

  /** Carries a request out, and says in a sentence what went wrong. */
  private <T> T told(String failure, Request<T> request) throws ClusterException {
    try {
      return request.carryOut();
    } catch (ApiException | IOException e) {
      server.failed();
      throw new ClusterException(failure + ": " + ApiServer.said(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterException(failure + ": interrupted", e);
    }
  }

  @Override
  public void close() {
    watches.forEach(Watch::close);
    server.close();
  }
}
