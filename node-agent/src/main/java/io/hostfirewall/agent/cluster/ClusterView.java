package io.hostfirewall.agent.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import io.hostfirewall.agent.cluster.KubectlException.Reason;
import io.hostfirewall.agent.cluster.SeenAgents.Pod;
import io.hostfirewall.agent.kernel.Commands;
import io.hostfirewall.api.v1alpha1.HostFirewallAddressSetSpec;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateSpec;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateStatus;
import io.hostfirewall.api.v1alpha1.HostFirewallRevisionSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a person may see of the nodes of a cluster, and of what they are told. */
public final class ClusterView {

  private static final String OF_AGENTS =
      "app.kubernetes.io/name=host-firewall,app.kubernetes.io/component=agent";

  /** As the operator names them. */
  private static final Pattern REVISION = Pattern.compile("hfr-[0-9a-f]+");

  private static final String READY = "{.status.conditions[?(@.type==\"Ready\")].status}";

  private static final String NODES =
      "{range .items[*]}{.metadata.name}{\"\\t\"}{.metadata.labels.kubernetes\\.io/os}{\"\\t\"}"
          + READY
          + "{\"\\n\"}{end}";

  /** Of a DaemonSet only that there is one: it has no node. */
  private static final String AGENTS =
      "{range .items[*]}{.kind}{\"\\t\"}{.spec.nodeName}{\"\\t\"}{.metadata.namespace}{\"\\t\"}"
          + "{.metadata.name}{\"\\t\"}{.metadata.deletionTimestamp}{\"\\t\"}"
          + READY
          + "{\"\\n\"}{end}";

  private static final String POLICIES =
      "{range .items[*]}{.metadata.name}{range .spec.policies[*]}{\"\\t\"}{.name}{end}{\"\\n\"}"
          + "{end}";

  private static final JavaType NODE_STATE =
      KubernetesCluster.JSON
          .getTypeFactory()
          .constructParametricType(
              ApiObject.class, HostFirewallNodeStateSpec.class, HostFirewallNodeStateStatus.class);

  private static final JavaType ADDRESS_SET =
      KubernetesCluster.JSON
          .getTypeFactory()
          .constructParametricType(ApiObject.class, HostFirewallAddressSetSpec.class, Void.class);

  private final Kubectl kubectl;

  /**
   * @param flags of kubectl that say which cluster, and who asks
   */
  public ClusterView(List<String> flags) {
    this(new Kubectl(Commands.here(), flags));
  }

  /**
   * The same for who does not wait.
   *
   * @param limit how long kubectl may take for an answer, its attempts and a log-in included
   */
  public ClusterView(List<String> flags, Duration limit) {
    this(new Kubectl(new Commands(List.of(), limit), flags));
  }

  ClusterView(Kubectl kubectl) {
    this.kubectl = kubectl;
  }

  /**
   * A node as the cluster sees it.
   *
   * @param silent its kubelet is known not to answer; a node without a kubelet is not
   */
  public record SeenNode(boolean linux, boolean silent) {}

  /** The states of all nodes by their names. */
  public SortedMap<String, NodeState> nodeStates() throws KubectlException {
    var states = new TreeMap<String, NodeState>();
    var list = json(kubectl.get(all(Kind.NODE_STATE), List.of(), "-o", "json")).path("items");
    for (var item : list) {
      var object = nodeState(item);
      states.put(object.metadata().name(), NodeState.of(object));
    }
    return states;
  }

  /** The state of one node; empty if there is none of that name. */
  public Optional<NodeState> nodeState(String node) throws KubectlException {
    var text = found(() -> kubectl.get(all(Kind.NODE_STATE), List.of(node), "-o", "json"));
    return text.isEmpty()
        ? Optional.empty()
        : Optional.of(NodeState.of(nodeState(json(text.get()))));
  }

  /** The names of policies by the revision that holds them. */
  public Map<String, List<String>> policiesOfRevisions() throws KubectlException {
    return table(
        kubectl.get(all(Kind.REVISION), List.of(), "-o", "jsonpath=" + POLICIES), Row::rest);
  }

  /** What a revision holds; empty if there is none of that name. */
  public Optional<HostFirewallRevisionSpec> revision(String name) throws KubectlException {
    if (!REVISION.matcher(name).matches()) {
      throw new KubectlException(
          Reason.OTHER,
          "what the node's HostFirewallNodeState calls a revision is none, for it is not hfr- and"
              + " hexadecimal digits: somebody else than our agent and operator has written it");
    }
    var text = found(() -> kubectl.get(all(Kind.REVISION), List.of(name), "-o", "json"));
    if (text.isEmpty()) {
      return Optional.empty();
    }
    var spec = json(text.get()).path("spec");
    return Optional.of(read(() -> KubernetesCluster.REVISION.readValue(spec), "revision " + name));
  }

  /** All address sets. */
  public SeenAddressSets addressSets() throws KubectlException {
    var objects = new TreeMap<String, HostFirewallAddressSetSpec>();
    for (var item :
        json(kubectl.get(all(Kind.ADDRESS_SET), List.of(), "-o", "json")).path("items")) {
      var object = addressSet(item);
      var spec = object.spec();
      if (spec != null && spec.networks() != null) {
        objects.put(object.metadata().name(), spec);
      }
    }
    return new SeenAddressSets(objects);
  }

  private static ApiObject<HostFirewallAddressSetSpec, Void> addressSet(JsonNode node)
      throws KubectlException {
    return read(
        () -> KubernetesCluster.JSON.readerFor(ADDRESS_SET).readValue(node), "an address set");
  }

  /** The labels of a node. */
  public Map<String, String> labels(String node) throws KubectlException {
    var labels = new TreeMap<String, String>();
    json(kubectl.get("nodes", List.of(node), "-o", "json"))
        .path("metadata")
        .path("labels")
        .properties()
        .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
    return labels;
  }

  /** The nodes by their names; empty for who may not see them. */
  public Optional<Map<String, SeenNode>> nodes() throws KubectlException {
    return allowed(() -> kubectl.get("nodes", List.of(), "-o", "jsonpath=" + NODES))
        .map(
            text ->
                table(
                    text,
                    row ->
                        new SeenNode(
                            row.cell(1).isEmpty() || row.cell(1).equals("linux"),
                            !row.cell(2).isEmpty() && !row.cell(2).equals("True"))));
  }

  /** The agents: none that is being deleted, and of several on a node one that is Ready. */
  public SeenAgents agents() throws KubectlException {
    return allowed(
            () ->
                kubectl.get(
                    "daemonsets,pods",
                    List.of(),
                    "-A",
                    "-l",
                    OF_AGENTS,
                    "-o",
                    "jsonpath=" + AGENTS))
        .map(text -> new SeenAgents(true, !text.isBlank(), pods(text)))
        .orElse(SeenAgents.HIDDEN);
  }

  private static Map<String, Pod> pods(String text) {
    return rows(text)
        .filter(row -> row.cell(0).equals("Pod") && !row.cell(1).isEmpty() && row.cell(4).isEmpty())
        .collect(
            Collectors.toMap(
                row -> row.cell(1),
                row -> new Pod(row.cell(2), row.cell(3), row.cell(5).equals("True")),
                (one, other) -> one.ready() ? one : other));
  }

  private static String all(Kind kind) {
    return kind.plural() + "." + Kind.GROUP;
  }

  private interface Request {
    String carryOut() throws KubectlException;
  }

  private static Optional<String> allowed(Request request) throws KubectlException {
    return unless(Reason.FORBIDDEN, request);
  }

  private static Optional<String> found(Request request) throws KubectlException {
    return unless(Reason.NOT_FOUND, request);
  }

  private static Optional<String> unless(Reason reason, Request request) throws KubectlException {
    try {
      return Optional.of(request.carryOut());
    } catch (KubectlException e) {
      if (e.reason() == reason) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** A line of what jsonpath prints: its cells have tabs between. */
  private record Row(List<String> cells) {

    String cell(int index) {
      return index < cells.size() ? cells.get(index) : "";
    }

    List<String> rest() {
      return cells.subList(1, cells.size());
    }
  }

  /** Rows by their first cells; of several with the same one the last. */
  private static <T> Map<String, T> table(String text, Function<Row, T> value) {
    return rows(text)
        .filter(row -> !row.cell(0).isEmpty())
        .collect(
            Collectors.toMap(row -> row.cell(0), value, (earlier, last) -> last, TreeMap::new));
  }

  private static Stream<Row> rows(String text) {
    return text.lines().map(line -> new Row(List.of(line.split("\t", -1))));
  }

  private static JsonNode json(String text) throws KubectlException {
    try {
      return KubernetesCluster.JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new KubectlException("kubectl answers something else than JSON", e);
    }
  }

  private static ApiObject<HostFirewallNodeStateSpec, HostFirewallNodeStateStatus> nodeState(
      JsonNode node) throws KubectlException {
    return read(
        () -> KubernetesCluster.JSON.readerFor(NODE_STATE).readValue(node), "a node's state");
  }

  /** How JSON becomes an object. */
  private interface Reading<T> {
    T read() throws IOException;
  }

  private static <T> T read(Reading<T> reading, String what) throws KubectlException {
    try {
      return reading.read();
    } catch (IOException e) {
      throw new KubectlException("%s cannot be read: %s".formatted(what, ApiServer.said(e)), e);
    }
  }
}
