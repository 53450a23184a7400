package io.hostfirewall.operator.agent;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.Collection;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * On which nodes an agent answers.
 *
 * @param ready names of nodes with an agent that is Ready; absent when the agents are somebody
 *     else's, and nobody can say
 */
public record Agents(@Nullable Set<String> ready) {

  public static Agents unwatched() {
    return new Agents(null);
  }

  public static Agents of(Collection<Pod> pods) {
    return new Agents(
        pods.stream()
            .filter(Agents::isReady)
            .map(pod -> pod.getSpec().getNodeName())
            .filter(Objects::nonNull)
            .collect(Collectors.toSet()));
  }

  /** Whether the node's agent is known not to be Ready, or not to be there. */
  public boolean silentOn(String node) {
    return ready != null && !ready.contains(node);
  }

  /** Whether two versions of a pod differ in what counts here. */
  public static boolean changed(Pod before, Pod after) {
    return isReady(before) != isReady(after)
        || !Objects.equals(before.getSpec().getNodeName(), after.getSpec().getNodeName());
  }

  private static boolean isReady(Pod pod) {
    return pod.getMetadata().getDeletionTimestamp() == null
        && pod.getStatus() != null
        && pod.getStatus().getConditions() != null
        && pod.getStatus().getConditions().stream()
            .anyMatch(c -> "Ready".equals(c.getType()) && "True".equals(c.getStatus()));
  }
}
