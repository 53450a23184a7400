package io.hostfirewall.operator.rollout;

import io.hostfirewall.api.v1alpha1.FailedNode;
import io.hostfirewall.operator.select.PolicyVersion;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A cluster whose nodes do what they are told, and fail with the versions that are bad. */
final class SimulatedFleet {

  /** A node, and the policies that select it. */
  static final class Node {
    final String name;
    final Set<String> policies;
    boolean answering = true;
    String told = "";
    String confirmed = "";
    @Nullable FailedNode failure;

    Node(String name, Set<String> policies) {
      this.name = name;
      this.policies = policies;
    }

    boolean isOnTrial() {
      return !told.equals(confirmed) && failure == null;
    }

    private Member member() {
      return new Member(name, false, answering, told, confirmed, failure);
    }
  }

  final List<Node> nodes = new ArrayList<>();
  final Map<PolicyVersion, Set<String>> everTold = new HashMap<>();
  private final Map<String, Long> generations = new HashMap<>();
  private final Set<PolicyVersion> bad = new HashSet<>();
  private final Map<String, Set<PolicyVersion>> contents = new HashMap<>();
  private final Set<String> provenRevisions = new HashSet<>();
  private final Set<PolicyVersion> provenVersions = new HashSet<>();

  Node add(String... policies) {
    var node = new Node("node-" + nodes.size(), Set.of(policies));
    nodes.add(node);
    return node;
  }

  PolicyVersion edit(String policy, boolean good) {
    var version = new PolicyVersion(policy, generations.merge(policy, 1L, Long::sum));
    if (!good) {
      bad.add(version);
    }
    return version;
  }

  /** The operator looks at a node. */
  Step look(Node node) {
    var target = target(node);
    if (target.isEmpty() || target.get().revision().equals(node.told)) {
      return new Step.Go();
    }
    var step = rollout().step(node.member(), target.get(), this::wanted);
    if (step instanceof Step.Go) {
      contents.put(target.get().revision(), target.get().versions());
      node.told = target.get().revision();
      node.failure = null;
      target
          .get()
          .versions()
          .forEach(v -> everTold.computeIfAbsent(v, any -> new HashSet<>()).add(node.name));
    }
    return step;
  }

  /** The node's agent does what it was told, and says how it went. */
  void work(Node node) {
    if (!node.answering || node.told.equals(node.confirmed)) {
      return;
    }
    if (versions(node).stream().anyMatch(bad::contains)) {
      node.failure = new FailedNode(node.name, "RolledBack", "no");
    } else {
      node.confirmed = node.told;
      node.failure = null;
      provenRevisions.add(node.told);
      provenVersions.addAll(versions(node));
    }
  }

  Set<PolicyVersion> versions(Node node) {
    return contents.getOrDefault(node.told, Set.of());
  }

  /** Whether a node has ever confirmed it, be it that none runs it any more. */
  boolean isProven(String revision) {
    return provenRevisions.contains(revision);
  }

  /** Whether a node has ever confirmed it, be it that none runs it any more. */
  boolean isProven(PolicyVersion version) {
    return provenVersions.contains(version);
  }

  boolean isDone(Node node) {
    return target(node)
        .map(target -> target.revision().equals(node.confirmed))
        .orElse(node.confirmed.isEmpty());
  }

  private Rollout rollout() {
    return new Rollout(nodes.stream().map(Node::member).toList(), contents);
  }

  private Optional<Target> wanted(Member member) {
    return nodes.stream()
        .filter(node -> node.name.equals(member.name()))
        .findFirst()
        .flatMap(this::target)
        .filter(target -> !target.revision().equals(member.told()));
  }

  private Optional<Target> target(Node node) {
    var versions =
        node.policies.stream()
            .filter(generations::containsKey)
            .map(policy -> new PolicyVersion(policy, generations.get(policy)))
            .collect(Collectors.toSet());
    var name =
        versions.stream()
            .sorted(Comparator.comparing(PolicyVersion::uid))
            .map(version -> version.uid() + version.generation())
            .collect(Collectors.joining("+"));
    return versions.isEmpty() ? Optional.empty() : Optional.of(new Target(name, versions));
  }
}
