package io.hostfirewall.operator.uninstall;

import static java.util.stream.Collectors.toCollection;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.NodeSelector;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How far the nodes are with cleaning, as their pods say.
 *
 * @param done names of nodes that are clean
 * @param waiting nodes that can still become clean, and why they are not
 * @param unreachable nodes whose kubelet does not answer, and why
 * @param placed whether each node that is to be cleaned has its pod
 */
record Cleaning(
    SortedSet<String> done,
    SortedMap<String, String> waiting,
    SortedMap<String, String> unreachable,
    boolean placed) {

  static Cleaning of(@Nullable DaemonSet daemonSet, Collection<Pod> pods, Set<String> notReady) {
    var waiting = new TreeMap<String, String>();
    var unreachable = new TreeMap<String, String>();
    for (var pod : pods) {
      var node = nodeOf(pod);
      if (isReady(pod)) {
        continue;
      }
      if (notReady.contains(node)) {
        unreachable.put(node, "the node is not Ready");
      } else {
        waiting.put(node, reason(pod));
      }
    }
    var done =
        pods.stream()
            .filter(Cleaning::isReady)
            .map(Cleaning::nodeOf)
            .collect(toCollection(TreeSet::new));
    return new Cleaning(done, waiting, unreachable, isPlaced(daemonSet, pods.size()));
  }

  /** Whether nothing is left to wait for. */
  boolean ended() {
    return placed && waiting.isEmpty();
  }

  /** How many nodes are to be clean at the end. */
  int nodes() {
    return done.size() + waiting.size() + unreachable.size();
  }

  private static boolean isPlaced(@Nullable DaemonSet daemonSet, int pods) {
    if (daemonSet == null || daemonSet.getStatus() == null) {
      return false;
    }
    var status = daemonSet.getStatus();
    return status.getObservedGeneration() != null
        && status.getObservedGeneration() >= daemonSet.getMetadata().getGeneration()
        && status.getDesiredNumberScheduled() != null
        && pods >= status.getDesiredNumberScheduled();
  }

  private static boolean isReady(Pod pod) {
    return pod.getStatus() != null
        && pod.getStatus().getConditions() != null
        && pod.getStatus().getConditions().stream()
            .anyMatch(c -> "Ready".equals(c.getType()) && "True".equals(c.getStatus()));
  }

  /** The node of a DaemonSet's pod stands in its affinity before the scheduler has bound it. */
  private static String nodeOf(Pod pod) {
    return Optional.ofNullable(pod.getSpec().getNodeName())
        .or(() -> meantFor(pod))
        .orElse("the node of pod " + pod.getMetadata().getName());
  }

  private static Optional<String> meantFor(Pod pod) {
    return Stream.ofNullable(pod.getSpec().getAffinity())
        .flatMap(affinity -> Stream.ofNullable(affinity.getNodeAffinity()))
        .flatMap(
            affinity ->
                Stream.ofNullable(affinity.getRequiredDuringSchedulingIgnoredDuringExecution()))
        .map(NodeSelector::getNodeSelectorTerms)
        .flatMap(Collection::stream)
        .flatMap(term -> Stream.ofNullable(term.getMatchFields()).flatMap(Collection::stream))
        .filter(field -> "metadata.name".equals(field.getKey()))
        .map(NodeSelectorRequirement::getValues)
        .flatMap(Collection::stream)
        .findFirst();
  }

  private static String reason(Pod pod) {
    var status = pod.getStatus();
    if (status == null) {
      return "its pod has not begun";
    }
    var container =
        Stream.ofNullable(status.getContainerStatuses())
            .flatMap(Collection::stream)
            .map(ContainerStatus::getState)
            .filter(Objects::nonNull)
            .flatMap(Cleaning::words)
            .findFirst();
    return container.orElseGet(() -> "its pod is %s, not Ready".formatted(status.getPhase()));
  }

  private static Stream<String> words(ContainerState state) {
    if (state.getWaiting() != null && state.getWaiting().getReason() != null) {
      return Stream.of("its container waits: " + state.getWaiting().getReason());
    }
    return state.getTerminated() == null
        ? Stream.of()
        : Stream.of("its container ended with code " + state.getTerminated().getExitCode());
  }
}
