package io.hostfirewall.agent.loop;

import io.hostfirewall.agent.cluster.Cluster;
import io.hostfirewall.agent.cluster.ClusterException;
import io.hostfirewall.agent.cluster.NodeState;
import io.hostfirewall.agent.transaction.Examples;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateSpec;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateStatus;
import io.hostfirewall.api.v1alpha1.HostFirewallRevisionSpec;
import io.hostfirewall.api.v1alpha1.NodeDescription;
import io.hostfirewall.ruleset.model.Cidr;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A cluster that says what the test wants, and remembers what it is told. */
final class ToldCluster implements Cluster {

  static final Map<String, List<Cidr>> SETS =
      Map.of(
          "cluster-nodes", List.of(Cidr.parse("192.0.2.11/32")),
          "cluster-pods", List.of(),
          "cluster-apiservers", List.of(Cidr.parse("192.0.2.1/32")),
          "cluster-control-plane", List.of(Cidr.parse("192.0.2.1/32")));

  final Map<String, HostFirewallRevisionSpec> revisions = new ConcurrentHashMap<>();
  final List<HostFirewallNodeStateStatus> reports = new CopyOnWriteArrayList<>();
  final List<String> events = new CopyOnWriteArrayList<>();
  volatile @Nullable NodeState state;
  volatile @Nullable Map<String, List<Cidr>> sets = SETS;
  volatile Runnable changed = () -> {};
  volatile @Nullable RuntimeException failure;

  /** What happens while somebody plans. */
  volatile Runnable meanwhile = () -> {};

  long generation;
  int uid;

  void want(@Nullable String revision) {
    var node = new NodeDescription(List.of("192.0.2.11"), List.of(), 10250, List.of(), false);
    state =
        new NodeState(
            "uid-" + uid, ++generation, new HostFirewallNodeStateSpec(revision, node), null);
    changed.run();
  }

  /** The next node state is another object. */
  void forget() {
    uid++;
    generation = 0;
  }

  void revision(String name, int port) {
    revisions.put(name, new HostFirewallRevisionSpec(List.of(Examples.opening(port))));
  }

  Optional<HostFirewallNodeStateStatus> last() {
    return reports.isEmpty() ? Optional.empty() : Optional.of(reports.getLast());
  }

  @Override
  public void start(Runnable listener) {
    changed = listener;
  }

  @Override
  public void reconnect() {}

  @Override
  public Optional<NodeState> nodeState() {
    return Optional.ofNullable(state);
  }

  @Override
  public Optional<Map<String, List<Cidr>>> addressSets() {
    meanwhile.run();
    if (failure != null) {
      throw failure;
    }
    return Optional.ofNullable(sets);
  }

  @Override
  public HostFirewallRevisionSpec revision(String name) throws ClusterException {
    var revision = revisions.get(name);
    if (revision == null) {
      throw new ClusterException("revision " + name + " does not exist");
    }
    return revision;
  }

  @Override
  public void report(HostFirewallNodeStateStatus status) {
    reports.add(status);
  }

  @Override
  public void event(String reason, String message) {
    events.add(reason + ": " + message);
  }

  @Override
  public void close() {}
}
