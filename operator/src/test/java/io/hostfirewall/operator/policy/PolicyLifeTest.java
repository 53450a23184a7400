package io.hostfirewall.operator.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.hostfirewall.api.v1alpha1.FailedNode;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicy;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicyStatus;
import io.hostfirewall.api.v1alpha1.HostFirewallRevision;
import io.hostfirewall.operator.Samples;
import io.hostfirewall.operator.policy.NodeProgress.Phase;
import io.hostfirewall.operator.select.PolicyVerdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A policy in each phase of its life, as the operator writes it. The files are what GitOps tools
 * are tested with, so they must be what this code says; {@code make manifests} writes them.
 */
class PolicyLifeTest {

  private static final Path FOLDER =
      Path.of("../docs/argocd/hostfirewall.io/HostFirewallPolicy/testdata");

  private static final KubernetesSerialization YAML = new KubernetesSerialization();

  /** The default of the schema. */
  private static final HostFirewallPolicyStatus NOT_SEEN_YET =
      new HostFirewallPolicyStatus(-1L, null, null, null, null);

  private static final NodeProgress TOO_LARGE =
      new NodeProgress(
          Phase.FAILED,
          false,
          "",
          new FailedNode("node-1", NodeProgress.TOO_LARGE, "more than 1 MiB of policies"));

  private static final List<NodeProgress> UNABLE =
      List.of(
          new NodeProgress(Phase.APPLIED, true, "hfr-1", null),
          new NodeProgress(
              Phase.FAILED,
              true,
              "hfr-1",
              new FailedNode(
                  "node-2",
                  "NotEnforceable",
                  "rateLimit cannot be enforced on this node: its kernel has no xt_hashlimit")));

  private static final List<NodeProgress> LIMITED =
      List.of(
          new NodeProgress(
              Phase.APPLIED,
              true,
              "hfr-1",
              new FailedNode("node-1", "NotEnforceable", "NodePorts are not judged on this node")));

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  /** File name of each scene, and what the API server would answer then. */
  private static Map<String, HostFirewallPolicy> scenes() {
    var scenes = new TreeMap<String, HostFirewallPolicy>();
    scenes.put("progressing_new", with(valid(2), NOT_SEEN_YET));
    scenes.put("progressing_rolling-out", seen(valid(2), Phase.APPLIED, Phase.PENDING));
    scenes.put("progressing_nodes-unknown", seen(valid(2), Phase.UNKNOWN));
    scenes.put("progressing_edited", with(valid(3), seen(valid(2), Phase.APPLIED).getStatus()));
    scenes.put("progressing_failed-but-not-done", seen(valid(2), Phase.FAILED, Phase.PENDING));
    scenes.put("healthy_enforced", seen(valid(2), Phase.APPLIED, Phase.APPLIED));
    scenes.put(
        "healthy_node-joined", seen(seen(valid(2), Phase.APPLIED), Phase.APPLIED, Phase.PENDING));
    scenes.put("healthy_node-away", seen(valid(2), Phase.APPLIED, Phase.UNKNOWN));
    scenes.put("healthy_services-bypassed", judged(valid(2), List.of(), NodeTally.of(LIMITED)));
    scenes.put("degraded_failed-on-a-node", seen(valid(2), Phase.APPLIED, Phase.FAILED));
    scenes.put("degraded_rollout-stopped", seen(valid(2), Phase.FAILED, Phase.STOPPED));
    scenes.put("degraded_not-enforceable", judged(valid(2), List.of(), NodeTally.of(UNABLE)));
    scenes.put("degraded_no-nodes", seen(valid(2)));
    scenes.put("degraded_refused", refused(Samples.invalidPolicy("web", 3, "web")));
    scenes.put("degraded_too-large", judged(valid(2), List.of(), NodeTally.of(List.of(TOO_LARGE))));
    return scenes;
  }

  static Set<String> names() {
    return scenes().keySet();
  }

  @ParameterizedTest
  @MethodSource("names")
  void a_scene_is_as_committed(String name) throws IOException {
    var yaml = YAML.asYaml(scenes().get(name));
    if (Boolean.getBoolean("manifests.write")) {
      Files.createDirectories(FOLDER);
      Files.writeString(file(name), yaml);
    }

    assertThat(yaml).isEqualTo(Files.readString(file(name)));
  }

  @Test
  void there_is_no_file_without_a_scene() throws IOException {
    try (var files = Files.list(FOLDER)) {
      assertThat(files)
          .containsExactlyInAnyOrderElementsOf(names().stream().map(PolicyLifeTest::file).toList());
    }
  }

  private static Path file(String scene) {
    return FOLDER.resolve(scene + ".yaml");
  }

  private static HostFirewallPolicy valid(long generation) {
    return Samples.validPolicy("web", generation, "web");
  }

  private static HostFirewallPolicy refused(HostFirewallPolicy policy) {
    return judged(policy, List.of(Samples.revision("hfr-1", valid(2))), nodes(Phase.APPLIED));
  }

  private static HostFirewallPolicy seen(HostFirewallPolicy policy, Phase... phases) {
    return judged(policy, List.of(), nodes(phases));
  }

  private static HostFirewallPolicy judged(
      HostFirewallPolicy policy, List<HostFirewallRevision> revisions, NodeTally nodes) {
    var verdict = PolicyVerdict.of(policy, revisions, Set.of());
    return with(policy, PolicyStatuses.of(policy, verdict, nodes, Optional.empty(), NOON));
  }

  private static HostFirewallPolicy with(
      HostFirewallPolicy policy, HostFirewallPolicyStatus status) {
    policy.setStatus(status);
    return policy;
  }

  private static NodeTally nodes(Phase... phases) {
    var nodes = new ArrayList<NodeProgress>();
    for (var phase : phases) {
      var name = phase == Phase.STOPPED ? "node-1" : "node-" + (nodes.size() + 1);
      var failure =
          phase == Phase.FAILED || phase == Phase.STOPPED
              ? new FailedNode(name, "RolledBack", "the API server did not answer: rolled back")
              : null;
      nodes.add(new NodeProgress(phase, true, "hfr-1", failure));
    }
    return NodeTally.of(nodes);
  }
}
