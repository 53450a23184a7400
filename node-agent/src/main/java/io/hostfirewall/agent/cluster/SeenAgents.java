package io.hostfirewall.agent.cluster;

import java.util.Map;

/**
 * The agents of a cluster's nodes, as far as they may be seen.
 *
 * @param visible whether who asks may see them
 * @param inPods whether the cluster runs them; otherwise somebody else does, and nobody can tell
 * @param pods by the names of their nodes
 */
public record SeenAgents(boolean visible, boolean inPods, Map<String, Pod> pods) {

  /** For who may not see them. */
  static final SeenAgents HIDDEN = new SeenAgents(false, false, Map.of());

  /** What is known of a node's agent. */
  public sealed interface SeenAgent {}

  /** Its pod, which is there to stay. */
  public record Pod(String namespace, String name, boolean ready) implements SeenAgent {}

  /** Other nodes may have one, this one has none. */
  public record Missing() implements SeenAgent {}

  /** Nobody can tell. */
  public record Unseen() implements SeenAgent {}

  public SeenAgents {
    pods = Map.copyOf(pods);
  }

  /** The one of a node. */
  public SeenAgent on(String node) {
    var pod = pods.get(node);
    if (pod != null) {
      return pod;
    }
    return inPods ? new Missing() : new Unseen();
  }
}
