package io.hostfirewall.e2e.cluster;

import static io.hostfirewall.e2e.cluster.SmallCluster.NOTHING_BUT_WEB;
import static io.hostfirewall.e2e.cluster.SmallCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeState;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateStatus;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicy;
import io.hostfirewall.api.v1alpha1.NodeCounts;
import io.hostfirewall.api.v1alpha1.NodePhase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The operator keeps the agents' DaemonSet, counts their pods, and writes nothing it need not. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OwnAgentsClusterIT {

  private static final String NAMESPACE = "hostfirewall-system";
  private static final String AGENT = "hostfirewall-agent";
  private static final String PORT = "18080";

  private final ControlPlane cluster = ControlPlane.start();
  private final Statuses statuses = new Statuses(cluster.client());
  private final Path config = cluster.folder("config").resolve("agent.yaml");
  private PretendedKubelets kubelets;
  private RunningProgram operator;

  /** How much of the operator's log was looked at. */
  private int read;

  @BeforeAll
  void two_nodes() {
    cluster.installRights();
    kubelets = new PretendedKubelets(cluster.client());
    kubelets.add("node-1");
    kubelets.add("node-2");
    operator = Operator.with(cluster, environment());
  }

  @BeforeEach
  void the_operator_runs_its_agents() {
    configure("image: hostfirewall/node-agent:1");
    operator.start();
    eventually("agents on both nodes").until(() -> kubelets.pods("agent").size() == 2);
  }

  @AfterEach
  void nothing_is_left() {
    operator.kill();
    nothingWentWrong();
    cluster.admin().run("delete", "hfp,hfns,hfrev", "--all");
    cluster.admin().run("delete", "daemonsets", "--all", "--namespace=" + NAMESPACE);
    eventually("no agents").until(() -> kubelets.pods("agent").isEmpty());
  }

  private void nothingWentWrong() {
    var log = operator.log();
    assertThat(log.substring(read)).doesNotContain("failed invoking", "Uncaught error");
    read = log.length();
  }

  /** What it says while it ends is not looked at: work that was under way is interrupted. */
  private void stopOperator() {
    nothingWentWrong();
    operator.stop();
    read = operator.log().length();
  }

  @AfterAll
  void end() {
    operator.close();
    kubelets.close();
    cluster.close();
  }

  private Map<String, String> environment() {
    var environment = new HashMap<String, String>();
    environment.put("HOSTFIREWALL_AGENT_CONFIG", config.toString());
    environment.put("HOSTFIREWALL_OPERATOR_DEPLOYMENT", "hostfirewall-operator");
    environment.put("HOSTFIREWALL_BETWEEN_LOOKS_AT_PODS", "500ms");
    environment.put("POD_NAMESPACE", NAMESPACE);
    environment.put("QUARKUS_HTTP_PORT", PORT);
    return environment;
  }

  private void configure(String yaml) {
    try {
      Files.writeString(config, yaml);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private DaemonSet daemonSet() {
    return cluster.client().apps().daemonSets().inNamespace(NAMESPACE).withName(AGENT).get();
  }

  private Container container() {
    return daemonSet().getSpec().getTemplate().getSpec().getContainers().getFirst();
  }

  private String condition(String type) {
    return statuses.condition("web", type);
  }

  private NodeCounts nodes() {
    return statuses.ofPolicy("web").orElseThrow().nodes();
  }

  /** What the agents of both nodes would report. */
  private void bothNodesReportApplied() {
    for (var name : List.of("node-1", "node-2")) {
      eventually(name + " was told a revision")
          .until(
              () -> {
                var state =
                    cluster.client().resources(HostFirewallNodeState.class).withName(name).get();
                return state != null && !state.getSpec().revision().isEmpty();
              });
      cluster
          .client()
          .resources(HostFirewallNodeState.class)
          .withName(name)
          .editStatus(OwnAgentsClusterIT::applied);
    }
  }

  private static HostFirewallNodeState applied(HostFirewallNodeState state) {
    state.setStatus(
        new HostFirewallNodeStateStatus(
            state.getMetadata().getGeneration(),
            NodePhase.APPLIED,
            state.getSpec().revision(),
            null,
            null,
            "nft",
            null,
            null,
            null,
            null));
    return state;
  }

  private static String get(String path) throws IOException, InterruptedException {
    try (var http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + PORT + path)).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  @Test
  void the_daemon_set_belongs_to_the_operator_and_is_made_again_when_deleted() {
    var owner = daemonSet().getMetadata().getOwnerReferences().getFirst();
    assertThat(owner.getKind() + " " + owner.getName())
        .isEqualTo("Deployment hostfirewall-operator");
    var uid = daemonSet().getMetadata().getUid();

    cluster.admin().run("delete", "daemonset", AGENT, "--namespace=" + NAMESPACE);

    eventually("made again")
        .until(() -> daemonSet() != null && !uid.equals(daemonSet().getMetadata().getUid()));
    eventually("agents again").until(() -> kubelets.pods("agent").size() == 2);
  }

  @Test
  void what_somebody_changes_in_it_is_changed_back_and_what_he_adds_stays() {
    cluster
        .admin()
        .run("set", "image", "daemonset/" + AGENT, "agent=other:1", "--namespace=" + NAMESPACE);
    eventually("the image is back")
        .until(() -> container().getImage().equals("hostfirewall/node-agent:1"));

    cluster.admin().run("rollout", "restart", "daemonset/" + AGENT, "--namespace=" + NAMESPACE);
    var generation = daemonSet().getMetadata().getGeneration();
    cluster.admin().run("label", "daemonset", AGENT, "mine=1", "--namespace=" + NAMESPACE);
    stopOperator();
    operator.start();
    aPolicyIsLookedAt();

    assertThat(daemonSet().getMetadata().getGeneration()).isEqualTo(generation);
    assertThat(daemonSet().getMetadata().getLabels()).containsEntry("mine", "1");
    assertThat(daemonSet().getSpec().getTemplate().getMetadata().getAnnotations())
        .containsKey("kubectl.kubernetes.io/restartedAt");
  }

  /** An operator that has looked at a policy has seen all that there was before. */
  private void aPolicyIsLookedAt() {
    cluster.admin().runWith(NOTHING_BUT_WEB, "apply", "-f", "-");
    eventually("looked at").until(() -> !condition("Accepted").equals("absent"));
  }

  @Test
  void an_operator_that_finds_all_as_it_should_be_writes_nothing() {
    var before = daemonSet().getMetadata();

    stopOperator();
    operator.start();
    aPolicyIsLookedAt();

    assertThat(daemonSet().getMetadata().getGeneration()).isEqualTo(before.getGeneration());
    assertThat(applyTime(daemonSet().getMetadata().getManagedFields()))
        .isEqualTo(applyTime(before.getManagedFields()));
  }

  private static List<String> applyTime(List<ManagedFieldsEntry> entries) {
    return entries.stream()
        .filter(entry -> entry.getManager().equals("hostfirewall-operator"))
        .map(ManagedFieldsEntry::getTime)
        .toList();
  }

  @Test
  void a_new_configuration_is_followed_when_the_operator_starts_again() {
    configure("image: hostfirewall/node-agent:1\nprivileged: false\nuplinks: [eth0]");
    stopOperator();
    operator.start();
    eventually("the uplink").until(() -> container().getArgs().contains("--uplink=eth0"));
    assertThat(container().getSecurityContext().getCapabilities().getAdd())
        .containsExactly("NET_ADMIN", "NET_RAW");

    configure("image: hostfirewall/node-agent:2");
    stopOperator();
    operator.start();

    eventually("the image").until(() -> container().getImage().equals("hostfirewall/node-agent:2"));
    assertThat(container().getArgs()).doesNotContain("--uplink=eth0");
    assertThat(container().getSecurityContext().getCapabilities()).isNull();
  }

  @Test
  void a_configuration_with_a_mistake_ends_the_operator_with_a_sentence() {
    stopOperator();
    configure("image: hostfirewall/node-agent:1\nuplink: [eth0]");
    operator.start();

    eventually("ended").until(() -> !operator.isRunning());
    assertThat(operator.log()).contains(config + ": uplink: unknown key. Known here are");
    assertThat(container().getImage()).isEqualTo("hostfirewall/node-agent:1");
  }

  @Test
  void a_node_whose_agent_is_not_ready_is_unknown() {
    cluster.admin().runWith(NOTHING_BUT_WEB, "apply", "-f", "-");
    bothNodesReportApplied();
    eventually("ready").until(() -> condition("Programmed").startsWith("True"));

    var pod =
        cluster
            .client()
            .pods()
            .inNamespace(NAMESPACE)
            .withLabel("app.kubernetes.io/component", "agent")
            .list()
            .getItems()
            .getFirst();
    cluster
        .client()
        .resource(pod)
        .editStatus(
            present ->
                new PodBuilder(present)
                    .editStatus()
                    .editMatchingCondition(c -> c.getType().equals("Ready"))
                    .withStatus("False")
                    .endCondition()
                    .endStatus()
                    .build());

    eventually("one unknown").until(() -> nodes().unknown() == 1);
    assertThat(condition("Programmed")).isEqualTo("False PartiallyProgrammed");
    assertThat(condition("Ready")).startsWith("True");

    cluster.client().resource(pod).withGracePeriod(0).delete();
    eventually("known again").until(() -> nodes().applied() == 2);
  }

  @Test
  void a_policy_is_left_as_its_user_wrote_it() {
    cluster.admin().runWith(NOTHING_BUT_WEB, "apply", "-f", "-");
    bothNodesReportApplied();
    eventually("ready").until(() -> condition("Ready").startsWith("True"));

    assertThat(cluster.admin().attemptWith(NOTHING_BUT_WEB, "diff", "-f", "-"))
        .isEqualTo(new Kubectl.Answer(0, ""));
    var policy = cluster.client().resources(HostFirewallPolicy.class).withName("web").get();
    assertThat(policy.getMetadata().getFinalizers()).isEmpty();
    assertThat(policy.getMetadata().getManagedFields())
        .filteredOn(entry -> !entry.getManager().startsWith("kubectl"))
        .isNotEmpty()
        .allMatch(entry -> "status".equals(entry.getSubresource()));
  }

  @Test
  void a_pod_outside_all_known_networks_is_told_on_the_policy() {
    aPolicyIsLookedAt();
    assertThat(condition("PodNetworksUnknown")).isEqualTo("absent");
    pod("10.42.1.7");
    pod("198.51.100.7");

    eventually("told")
        .until(() -> condition("PodNetworksUnknown").equals("True PodAddressOutside"));

    cluster.admin().run("delete", "pod", "pod-198-51-100-7", "--force", "--grace-period=0");
    eventually("no longer told").until(() -> condition("PodNetworksUnknown").equals("absent"));
    cluster.admin().run("delete", "pod", "--all", "--force", "--grace-period=0");
  }

  private void pod(String address) {
    var pod =
        new PodBuilder()
            .withNewMetadata()
            .withName("pod-" + address.replace('.', '-'))
            .withNamespace("default")
            .endMetadata()
            .withNewSpec()
            .withNodeName("node-2")
            .addNewContainer()
            .withName("a")
            .withImage("a")
            .endContainer()
            .endSpec()
            .build();
    cluster.client().resource(pod).create();
    cluster
        .client()
        .resource(pod)
        .editStatus(
            present ->
                new PodBuilder(present)
                    .editOrNewStatus()
                    .withPodIP(address)
                    .addNewPodIP(address)
                    .endStatus()
                    .build());
  }

  @Test
  void prometheus_is_told_of_policies_until_they_are_gone() throws Exception {
    cluster.admin().runWith(NOTHING_BUT_WEB, "apply", "-f", "-");
    bothNodesReportApplied();
    eventually("ready").until(() -> condition("Ready").startsWith("True"));

    assertThat(get("/q/health/live")).contains("UP");
    assertThat(get("/q/health/ready")).contains("UP");
    assertThat(get("/q/metrics"))
        .contains("hostfirewall_operator_policy_nodes{policy=\"web\",state=\"applied\"} 2.0")
        .containsPattern(
            "hostfirewall_operator_status_writes_total\\{kind=\"HostFirewallPolicy\",result=\"success\"} [1-9]");

    cluster.admin().run("delete", "hfp", "web");
    eventually("no series").until(() -> !get("/q/metrics").contains("policy=\"web\""));
  }
}
