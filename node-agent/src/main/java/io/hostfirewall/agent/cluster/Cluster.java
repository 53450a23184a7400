package io.hostfirewall.agent.cluster;

import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateStatus;
import io.hostfirewall.api.v1alpha1.HostFirewallRevisionSpec;
import io.hostfirewall.ruleset.model.Cidr;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the API server tells of this node, and is told. What was seen once stays seen: silence,
 * absence and errors change nothing.
 */
public interface Cluster extends AutoCloseable {

  /**
   * Begins to look.
   *
   * @param changed called, on any thread, when something new can be seen
   */
  void start(Runnable changed);

  /**
   * Looks again by new connections. One that is older than connection tracking is not known to it,
   * and what comes in by it looks like an intruder's.
   */
  void reconnect();

  /** What this node shall run; empty until it was read. */
  Optional<NodeState> nodeState();

  /** Networks by the name of their address set; empty until all were read. */
  Optional<Map<String, List<Cidr>>> addressSets();

  /** Asks for the content of a revision. */
  HostFirewallRevisionSpec revision(String name) throws ClusterException;

  /** Writes this node's status. */
  void report(HostFirewallNodeStateStatus status) throws ClusterException;

  /** Leaves an event with this node's state. */
  void event(String reason, String message) throws ClusterException;

  @Override
  void close();
}
