package io.hostfirewall.e2e.cluster;

import static io.hostfirewall.e2e.cluster.SmallCluster.NOTHING_BUT_OTHER;
import static io.hostfirewall.e2e.cluster.SmallCluster.NOTHING_BUT_WEB;
import static io.hostfirewall.e2e.cluster.SmallCluster.OTHER;
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
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Stream;
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

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final SmallCluster cluster = new SmallCluster(Map.of(), "nft");

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
    var node = cluster.nodes().getFirst();
    try (var life = new Life()) {
      var first = apply(NOTHING_BUT_WEB);
      assertThat(life.onTheWayTo(first, UNDER_WAY, "not looked at this generation")).isEmpty();

      cluster.operator().start();
      assertThat(life.onTheWayTo(first, UNDER_WAY, "0 of 1 nodes, 1 pending"))
          .allMatch(UNDER_WAY::equals);

      node.agent().start();
      assertThat(life.onTheWayTo(first, DONE, "enforced on 1 of 1")).allMatch(UNDER_WAY::equals);
      assertThat(node.accepts(OTHER)).isFalse();

      var other = apply(NOTHING_BUT_OTHER);
      assertThat(life.onTheWayTo(other, DONE, "enforced on 1 of 1"))
          .isNotEmpty()
          .allMatch(UNDER_WAY::equals);
      assertThat(node.accepts(OTHER)).isTrue();

      var invalid =
          apply(
              NOTHING_BUT_WEB.replace(
                  "action: Accept",
                  "action: Accept, rateLimit: {limit: 9999, unit: Second, burst: 10}"));
      assertThat(life.onTheWayTo(invalid, FAILED, "stays enforced"))
          .isNotEmpty()
          .allMatch(UNDER_WAY::equals);
      assertThat(node.accepts(OTHER)).isTrue();

      var valid = apply(NOTHING_BUT_WEB);
      assertThat(life.onTheWayTo(valid, DONE, "enforced on 1 of 1"))
          .isNotEmpty()
          .allMatch(UNDER_WAY::equals);
      assertThat(node.accepts(OTHER)).isFalse();

      var ofNobody =
          apply(
              NOTHING_BUT_WEB.replace(
                  "nodeSelector: {}", "nodeSelector: {matchLabels: {no: node}}"));
      assertThat(life.onTheWayTo(ofNobody, FAILED, "protects nothing"))
          .isNotEmpty()
          .allMatch(UNDER_WAY::equals);

      // Somebody else holds the object, so that there is a while in which it goes away.
      patch("{\"metadata\":{\"finalizers\":[\"example.org/held\"]}}");
      cluster.admin().run("delete", "hfp", "web", "--wait=false");
      await("going")
          .atMost(LIMIT)
          .untilAsserted(
              () -> {
                assertThat(life.last().kstatus()).isEqualTo("Terminating");
                assertThat(life.last().argo()).isEqualTo("Progressing");
              });
      patch("{\"metadata\":{\"finalizers\":null}}");
    }
  }

  /** Gives the generation that the policy has by it. */
  private long apply(String yaml) {
    cluster.apply(yaml);
    return Long.parseLong(
        cluster.admin().run("get", "hfp", "web", "-o", "jsonpath={.metadata.generation}"));
  }

  private void patch(String json) {
    cluster.admin().run("patch", "hfp", "web", "--type=merge", "--patch=" + json);
  }

  private record State(long generation, GitOpsHealth health) {}

  /** Every state in which anybody could have read the policy. */
  private final class Life implements Watcher<GenericKubernetesResource>, AutoCloseable {

    private final List<State> seen = new CopyOnWriteArrayList<>();

    /** Why no more states are seen. */
    private volatile @Nullable Exception failure;

    private final Watch watch =
        cluster
            .client()
            .genericKubernetesResources("hostfirewall.io/v1alpha1", "HostFirewallPolicy")
            .watch(this);

    private int told;

    /** The client only logs what is thrown here. */
    @Override
    public void eventReceived(Action action, GenericKubernetesResource policy) {
      try {
        if (action != Action.DELETED) {
          seen.add(
              new State(
                  policy.getMetadata().getGeneration(),
                  GitOpsHealth.of(cluster.client().getKubernetesSerialization().asJson(policy))));
        }
      } catch (RuntimeException e) {
        failure = e;
      }
    }

    @Override
    public void onClose(@Nullable WatcherException cause) {
      failure = cause;
    }

    /**
     * Waits for a verdict on a generation, and gives those on it that came before and since the
     * last call.
     */
    List<String> onTheWayTo(long generation, String verdict, String message) {
      Predicate<State> isThere =
          state ->
              state.generation() == generation
                  && state.health().verdict().equals(verdict)
                  && state.health().message().contains(message);
      await(verdict)
          .atMost(LIMIT)
          .untilAsserted(() -> assertThat(seen().skip(told)).anyMatch(isThere));
      var before = seen().skip(told).takeWhile(isThere.negate()).toList();
      told += before.size() + 1;
      return before.stream()
          .filter(state -> state.generation() == generation)
          .map(state -> state.health().verdict())
          .toList();
    }

    GitOpsHealth last() {
      return seen().reduce((before, after) -> after).orElseThrow().health();
    }

    private Stream<State> seen() {
      if (failure != null) {
        throw new IllegalStateException("the policy is not seen any more", failure);
      }
      return seen.stream();
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
