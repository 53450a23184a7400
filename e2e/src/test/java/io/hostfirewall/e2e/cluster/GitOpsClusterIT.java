package io.hostfirewall.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Flux, Argo CD and Helm are told the truth about a policy, all its life long. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GitOpsClusterIT {

  private static final Path ARGO =
      ControlPlane.PROJECT.resolve("docs/argocd/hostfirewall.io/HostFirewallPolicy");

  static final List<JsonNode> PHASES = phases();

  /** Ready, but not on every node: the example for Flux waits where kstatus does not. */
  private static final Set<String> STRICTER =
      Set.of("healthy_node-joined", "healthy_node-away", "healthy_services-bypassed");

  private static final String UNDER_WAY = "InProgress InProgress Progressing";
  private static final String DONE = "Current Current Healthy";
  private static final String FAILED = "Failed Failed Degraded";

  private static final int WEB = 80;
  private static final int OTHER = 8080;

  private static final String POLICY =
      """
      apiVersion: hostfirewall.io/v1alpha1
      kind: HostFirewallPolicy
      metadata: {name: web}
      spec:
        nodeSelector: {}
        ingress:
        - {name: web, action: Accept, ports: [{protocol: TCP, port: 80}]}
      """;

  private static final String OPENS_OTHER = POLICY.replace("port: 80}", "port: 8080}");

  private final ControlPlane cluster = ControlPlane.start();

  @AfterAll
  void end() {
    cluster.close();
  }

  /** Each was written by the operator's code. */
  @ParameterizedTest
  @FieldSource("PHASES")
  void a_phase_is_read_as_it_is_meant(JsonNode test) throws IOException {
    var file = ARGO.resolve(test.path("inputPath").asText());
    var name = file.getFileName().toString().replace(".yaml", "");
    var meant =
        switch (name.substring(0, name.indexOf('_'))) {
          case "healthy" -> STRICTER.contains(name) ? "Current InProgress Healthy" : DONE;
          case "degraded" -> FAILED;
          default -> UNDER_WAY;
        };

    var health = GitOpsHealth.of(Files.readString(file));

    assertThat(health.verdict()).isEqualTo(meant);
    assertThat(health.message()).isEqualTo(test.at("/healthStatus/message").asText());
  }

  @Test
  void what_has_no_status_is_there_once_it_is_stored() {
    assertThat(
            GitOpsHealth.of(
                    """
                    apiVersion: hostfirewall.io/v1alpha1
                    kind: HostFirewallAddressSet
                    metadata: {name: offices, generation: 1}
                    spec: {networks: [203.0.113.0/24]}
                    """)
                .kstatus())
        .isEqualTo("Current");
  }

  @Test
  void from_the_first_moment_to_the_last() {
    cluster.installRights();
    try (var node = new ClusterNode(cluster, 11, "nft", WEB, OTHER);
        var operator = Operator.of(cluster);
        var life = new Life()) {
      apply(POLICY);
      assertThat(life.onTheWayTo(UNDER_WAY, "not looked at this generation")).isEmpty();

      operator.start();
      assertThat(life.onTheWayTo(UNDER_WAY, "0 of 1 nodes, 1 pending")).allMatch(UNDER_WAY::equals);

      node.agent().start();
      assertThat(life.onTheWayTo(DONE, "enforced on 1 of 1")).allMatch(UNDER_WAY::equals);
      assertThat(node.accepts(OTHER)).isFalse();

      apply(OPENS_OTHER);
      assertThat(life.onTheWayTo(DONE, "enforced on 1 of 1"))
          .isNotEmpty()
          .allMatch(UNDER_WAY::equals);
      assertThat(node.accepts(OTHER)).isTrue();

      apply(
          POLICY.replace(
              "action: Accept",
              "action: Accept, rateLimit: {limit: 9999, unit: Second, burst: 10}"));
      assertThat(life.onTheWayTo(FAILED, "stays enforced"))
          .isNotEmpty()
          .allMatch(UNDER_WAY::equals);
      assertThat(node.accepts(OTHER)).isTrue();

      apply(POLICY);
      assertThat(life.onTheWayTo(DONE, "enforced on 1 of 1"))
          .isNotEmpty()
          .allMatch(UNDER_WAY::equals);
      assertThat(node.accepts(OTHER)).isFalse();

      apply(POLICY.replace("nodeSelector: {}", "nodeSelector: {matchLabels: {no: node}}"));
      assertThat(life.onTheWayTo(FAILED, "protects nothing"))
          .isNotEmpty()
          .allMatch(UNDER_WAY::equals);

      // Somebody else holds the object, so that there is a while in which it goes away.
      patch("{\"metadata\":{\"finalizers\":[\"example.org/held\"]}}");
      cluster.admin().run("delete", "hfp", "web", "--wait=false");
      await("going")
          .untilAsserted(
              () -> {
                assertThat(life.last().kstatus()).isEqualTo("Terminating");
                assertThat(life.last().argo()).isEqualTo("Progressing");
              });
      patch("{\"metadata\":{\"finalizers\":null}}");
    }
  }

  private void apply(String yaml) {
    cluster.admin().runWith(yaml, "apply", "-f", "-");
  }

  private void patch(String json) {
    cluster.admin().run("patch", "hfp", "web", "--type=merge", "--patch=" + json);
  }

  /** Every state in which anybody could have read the policy. */
  private final class Life implements Watcher<GenericKubernetesResource>, AutoCloseable {

    private final List<GitOpsHealth> seen = new CopyOnWriteArrayList<>();
    private final Watch watch =
        cluster
            .client()
            .genericKubernetesResources("hostfirewall.io/v1alpha1", "HostFirewallPolicy")
            .watch(this);

    private int told;

    @Override
    public void eventReceived(Action action, GenericKubernetesResource policy) {
      if (action != Action.DELETED) {
        seen.add(GitOpsHealth.of(cluster.client().getKubernetesSerialization().asJson(policy)));
      }
    }

    @Override
    public void onClose(@Nullable WatcherException cause) {}

    /** Waits for a verdict, and gives those that came before it since the last call. */
    List<String> onTheWayTo(String verdict, String message) {
      await(verdict)
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () -> {
                assertThat(seen).hasSizeGreaterThan(told);
                assertThat(seen.getLast().verdict()).isEqualTo(verdict);
                assertThat(seen.getLast().message()).contains(message);
              });
      var states = List.copyOf(seen);
      var before = states.subList(told, states.size() - 1);
      told = states.size();
      return before.stream().map(GitOpsHealth::verdict).toList();
    }

    GitOpsHealth last() {
      return seen.getLast();
    }

    @Override
    public void close() {
      watch.close();
    }
  }

  private static List<JsonNode> phases() {
    try {
      var tests = new ArrayList<JsonNode>();
      new YAMLMapper()
          .readTree(ARGO.resolve("health_test.yaml").toFile())
          .path("tests")
          .forEach(tests::add);
      return tests;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
