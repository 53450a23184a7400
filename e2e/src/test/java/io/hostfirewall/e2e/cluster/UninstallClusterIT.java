package io.hostfirewall.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.hostfirewall.api.v1alpha1.HostFirewallAddressSet;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeState;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicy;
import io.hostfirewall.api.v1alpha1.HostFirewallRevision;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** {@code operator uninstall}, with the rights that it has in the chart's hook. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UninstallClusterIT {

  private static final String NAMESPACE = "hostfirewall-system";

  private static final String POLICY =
      """
      apiVersion: hostfirewall.io/v1alpha1
      kind: HostFirewallPolicy
      metadata: {name: web}
      spec: {nodeSelector: {}}
      ---
      apiVersion: hostfirewall.io/v1alpha1
      kind: HostFirewallAddressSet
      metadata: {name: office}
      spec: {networks: [192.0.2.0/24]}
      """;

  private final ControlPlane cluster = ControlPlane.start();
  private final Path config = cluster.folder("config").resolve("agent.yaml");
  private PretendedKubelets kubelets;
  private RunningProgram operator;

  /** How a run ended, and what it printed. */
  private record Run(int exit, String text) {}

  @BeforeAll
  void rights() throws IOException {
    cluster.installRights();
    cluster
        .admin()
        .run("apply", "-f", ControlPlane.PROJECT.resolve("manifests/uninstall.yaml").toString());
    Files.writeString(config, "image: hostfirewall/node-agent:1");
    kubelets = new PretendedKubelets(cluster.client());
    operator =
        Operator.with(
            cluster,
            Map.of(
                "HOSTFIREWALL_AGENT_CONFIG",
                config.toString(),
                "HOSTFIREWALL_OPERATOR_DEPLOYMENT",
                "hostfirewall-operator",
                "POD_NAMESPACE",
                NAMESPACE,
                // No agent here ever confirms anything.
                "HOSTFIREWALL_FIRST_NODE_PATIENCE",
                "PT0.1S"));
  }

  @AfterEach
  void no_nodes() {
    operator.kill();
    cluster.admin().run("delete", "nodes,hfp,hfas", "--all");
    cluster.admin().run("delete", "pods", "--all", "--force", "--namespace=" + NAMESPACE);
  }

  @AfterAll
  void end() {
    operator.close();
    kubelets.close();
    cluster.close();
  }

  /** Three nodes, agents on all, and a policy; then the operator ends, as scaling to 0 ends it. */
  private void installed() {
    kubelets.add("node-1");
    kubelets.add("node-2");
    kubelets.add("node-3");
    operator.start();
    cluster.admin().runWith(POLICY, "apply", "-f", "-");
    await("installed")
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThat(
                        List.of(
                            kubelets.pods("agent").size(),
                            count(HostFirewallNodeState.class),
                            count(HostFirewallRevision.class),
                            count(HostFirewallAddressSet.class)))
                    .as("pods of agents, node states, revisions, address sets")
                    .containsExactly(3, 3, 1, 5));
    operator.stop();
  }

  private Run uninstall(String... more) throws IOException, InterruptedException {
    return run(
        Stream.concat(Stream.of("--agent-config=" + config), Stream.of(more))
            .toArray(String[]::new));
  }

  private Run run(String... more) throws IOException, InterruptedException {
    var command = Operator.command();
    command.addAll(List.of("uninstall", "--namespace=" + NAMESPACE));
    command.addAll(List.of(more));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder
        .environment()
        .put("KUBECONFIG", cluster.withToken("hostfirewall-uninstall").kubeconfig().toString());
    var process = builder.start();
    var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Run(process.waitFor(), text);
  }

  private int count(Class<? extends HasMetadata> kind) {
    return cluster.client().resources(kind).list().getItems().size();
  }

  private void nothingIsLeft() {
    assertThat(cluster.client().apps().daemonSets().inNamespace(NAMESPACE).list().getItems())
        .isEmpty();
    assertThat(count(HostFirewallNodeState.class)).isZero();
    assertThat(count(HostFirewallRevision.class)).isZero();
    assertThat(cluster.client().resources(HostFirewallAddressSet.class).list().getItems())
        .extracting(set -> set.getMetadata().getName())
        .containsExactly("office");
    assertThat(count(HostFirewallPolicy.class)).isEqualTo(1);
  }

  @Test
  void everything_goes_but_what_the_user_wrote_and_it_repeats() throws Exception {
    installed();

    var run = uninstall();

    assertThat(run.text())
        .contains(
            "operator: stopped",
            "agents: stopped",
            "cleaning: node-1 is clean",
            "cleaning: node-2 is clean",
            "cleaning: 3 of 3 nodes are clean",
            "deleted 3 hostfirewallnodestates",
            "deleted 1 hostfirewallrevisions",
            "deleted 4 hostfirewalladdresssets",
            "nothing of ours is left")
        .doesNotContain("NOT REACHED", "could not", "Exception", "WARN");
    assertThat(run.exit()).isZero();
    nothingIsLeft();
    assertThat(kubelets.pods("cleanup")).isEmpty();
    assertThat(
            cluster
                .client()
                .apps()
                .deployments()
                .inNamespace(NAMESPACE)
                .withName("hostfirewall-operator")
                .get()
                .getSpec()
                .getReplicas())
        .isZero();

    var again = uninstall();

    assertThat(again.exit()).isZero();
    assertThat(again.text())
        .contains("deleted 0 hostfirewallnodestates", "nothing of ours is left");
  }

  @Test
  void nodes_that_cannot_be_reached_are_listed_and_hold_nothing_up() throws Exception {
    installed();
    kubelets.jam("node-3");
    kubelets.silence("node-2");

    var run = uninstall("--deadline=24s");

    assertThat(run.exit()).as(run.text()).isZero();
    assertThat(run.text())
        .contains(
            "cleaning: 1 of 3 nodes are clean",
            "NOT REACHED: node-2: the node is not Ready",
            "NOT REACHED: node-3: its pod is Pending, not Ready",
            "rules of ours may be left there");
    nothingIsLeft();
  }

  @Test
  void without_nodes_and_without_our_kinds_it_ends_at_once() throws Exception {
    assertThat(uninstall()).satisfies(run -> assertThat(run.exit()).as(run.text()).isZero());
    var crds = ControlPlane.PROJECT.resolve("crds/generated").toString();
    cluster.admin().run("delete", "-f", crds);
    try {
      var run = uninstall();

      assertThat(run.exit()).as(run.text()).isZero();
      assertThat(run.text())
          .contains("deleted 0 hostfirewallrevisions", "nothing of ours is left")
          .doesNotContain("could not");
    } finally {
      cluster.admin().run("create", "-f", crds);
      cluster.admin().run("wait", "--for=condition=Established", "--timeout=30s", "crd", "--all");
    }
  }

  @Test
  void a_configuration_that_is_refused_is_told_and_stops_nothing() throws Exception {
    installed();
    var wrong = Files.writeString(config.resolveSibling("wrong.yaml"), "trialSeconds: soon");

    var run = run("--agent-config=" + wrong);

    assertThat(run.exit()).as(run.text()).isZero();
    assertThat(run.text())
        .contains(
            "wrong.yaml: trialSeconds: must be a whole number.",
            "wrong.yaml: image: is missing.",
            "agents: stopped",
            "cleaning: 3 of 3 nodes are clean",
            "nothing of ours is left");
    nothingIsLeft();
  }

  @Test
  void without_agents_and_without_a_configuration_the_objects_go() throws Exception {
    installed();
    cluster.admin().run("delete", "daemonsets", "--all", "--namespace=" + NAMESPACE);

    var run = run("--agent-config=/nowhere");

    assertThat(run.exit()).as(run.text()).isZero();
    assertThat(run.text())
        .contains("/nowhere does not exist.", "names no image to clean with")
        .contains("deleted 3 hostfirewallnodestates");
    nothingIsLeft();
  }

  @Test
  void a_deadline_that_is_none_is_refused_before_anything_is_done() throws Exception {
    assertThat(uninstall("--deadline=soon"))
        .satisfies(run -> assertThat(run.exit()).isEqualTo(2))
        .satisfies(run -> assertThat(run.text()).contains("write seconds or minutes"));
  }
}
