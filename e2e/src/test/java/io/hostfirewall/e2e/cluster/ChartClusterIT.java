package io.hostfirewall.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a real API server says to the chart, the plain manifests and the examples for GitOps. It
 * validates strictly: a field that it does not know is an error.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ChartClusterIT {

  private static final String NAMESPACE = "hostfirewall-system";
  private static final Path CHART = ControlPlane.PROJECT.resolve("helm/host-firewall");
  private static final Path MANIFESTS = ControlPlane.PROJECT.resolve("manifests");

  /** What the operator makes of each values file, as its own test holds it. */
  private static final Path DAEMON_SETS =
      ControlPlane.PROJECT.resolve("operator/src/test/resources/daemonsets");

  /** Stand in for the Prometheus operator's kinds, whose fields are not looked at here. */
  private static final String MONITORS =
      monitor("PodMonitor", "podmonitors") + "---\n" + monitor("ServiceMonitor", "servicemonitors");

  private static final String TOO_MANY_RIGHTS = "would violate PodSecurity";

  private static ControlPlane cluster;

  @BeforeAll
  static void start() {
    cluster = ControlPlane.start();
    cluster.admin().run("create", "namespace", NAMESPACE);
    cluster
        .admin()
        .run("label", "namespace", NAMESPACE, "pod-security.kubernetes.io/warn=restricted");
    cluster.admin().runWith(MONITORS, "create", "-f", "-");
    cluster.admin().run("wait", "--for=condition=Established", "--timeout=30s", "crd", "--all");
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  static List<Path> valuesFiles() throws IOException {
    try (var files = Files.list(CHART.resolve("ci"))) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("valuesFiles")
  @Order(1)
  void every_rendering_is_taken(Path values) {
    var rendered = helm("template", "--values", values.toString());

    var answer = cluster.admin().attemptWith(rendered, dryRun("-f", "-"));

    assertThat(answer).matches(Kubectl.Answer::done);
    assertThat(answer.text()).doesNotContain(TOO_MANY_RIGHTS);
  }

  @ParameterizedTest
  @MethodSource("valuesFiles")
  @Order(1)
  void helm_finds_no_fault(Path values) {
    assertThat(lint("--values", values.toString())).isEqualTo(new Kubectl.Answer(0, ""));
  }

  /** The control. */
  @Test
  @Order(1)
  void helm_finds_a_fault_that_is_there() {
    assertThat(lint("--set", "agent.privilegd=true").text()).contains("privilegd");
  }

  /** The control: the API server does look, and the agents need more. */
  @Test
  @Order(1)
  void the_agents_are_beyond_the_level_restricted() {
    var daemonSet = DAEMON_SETS.resolve("unprivileged.yaml").toString();

    assertThat(cluster.admin().attempt(dryRun("-f", daemonSet)).text()).contains(TOO_MANY_RIGHTS);
  }

  static List<Path> daemonSets() throws IOException {
    try (var files = Files.list(DAEMON_SETS)) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("daemonSets")
  @Order(1)
  void every_daemon_set_of_agents_is_taken(Path file) {
    assertThat(cluster.admin().attempt(dryRun("-f", file.toString())))
        .matches(Kubectl.Answer::done);
  }

  @ParameterizedTest
  @ValueSource(strings = {"kustomize", "gitops/policies"})
  @Order(1)
  void examples_for_gitops_are_taken(String example) {
    var folder = ControlPlane.PROJECT.resolve("examples").resolve(example).toString();

    assertThat(cluster.admin().attempt(dryRun("-k", folder))).matches(Kubectl.Answer::done);
  }

  @Test
  @Order(2)
  void a_release_is_installed_upgraded_and_taken_away_and_its_crds_stay() {
    // The control plane's own are nobody's release.
    cluster.admin().run("delete", "-f", ControlPlane.PROJECT.resolve("crds/generated").toString());
    helm("install", "--set", "operator.replicas=1");
    assertThat(read("deployment/hostfirewall-operator", "{.spec.replicas}")).isEqualTo("1");

    helm("upgrade", "--set", "agent.trialSeconds=60");
    assertThat(read("deployment/hostfirewall-operator", "{.spec.replicas}")).isEqualTo("2");
    assertThat(read("configmap/hostfirewall-agent", "{.data.agent\\.yaml}"))
        .contains("trialSeconds: 60");

    helm("uninstall", "--no-hooks", "--wait");
    assertThat(
            cluster.admin().run("get", "deployments,configmaps,roles", "-n", NAMESPACE, "-o=name"))
        .isEqualTo("configmap/kube-root-ca.crt");
    assertThat(cluster.admin().run("get", "crd", "-o=name"))
        .contains("hostfirewallpolicies.hostfirewall.io");

    helm("install");
    helm("uninstall", "--no-hooks", "--wait");
  }

  @Test
  @Order(3)
  void plain_manifests_are_applied_and_differ_in_nothing_afterwards() {
    var manifests = MANIFESTS.resolve("host-firewall.yaml").toString();
    cluster.admin().run("apply", "--server-side", "--force-conflicts", "-f", manifests);

    assertThat(cluster.admin().attempt("diff", "--server-side", "-f", manifests))
        .isEqualTo(new Kubectl.Answer(0, ""));
  }

  @Test
  @Order(4)
  void the_uninstaller_may_delete_what_the_operator_wrote_and_write_nothing_of_it() {
    cluster.admin().run("apply", "-f", MANIFESTS.resolve("uninstall.yaml").toString());
    var operator = cluster.withToken("hostfirewall-operator");
    var uninstaller = cluster.withToken("hostfirewall-uninstall");
    operator.runWith(clusterNodes("10.0.0.1/32"), "apply", "--server-side", "-f", "-");
    await("admission policies in force")
        .until(
            () ->
                cluster
                    .admin()
                    .attempt("delete", "hfas", "cluster-nodes", "--dry-run=server")
                    .text()
                    .contains("by the operator alone"));

    assertThat(
            uninstaller
                .attemptWith(clusterNodes("0.0.0.0/1"), "apply", "--server-side", "-f", "-")
                .text())
        .contains("is forbidden");
    assertThat(uninstaller.attempt("delete", "hfas", "cluster-nodes"))
        .matches(Kubectl.Answer::done);
    for (var call :
        List.of(
            "get deployment hostfirewall-operator",
            "scale deployment hostfirewall-operator --replicas=0",
            "get pods",
            "get daemonsets",
            "get nodes",
            "delete hfns --all",
            "delete hfrev --all")) {
      assertThat(uninstaller.attempt((call + " --namespace=" + NAMESPACE).split(" ")))
          .as(call)
          .matches(Kubectl.Answer::done);
    }
    assertThat(uninstaller.attempt("delete", "hfp", "--all").text()).contains("is forbidden");
  }

  private static String read(String object, String path) {
    return cluster.admin().run("get", object, "-n", NAMESPACE, "-o=jsonpath=" + path);
  }

  private static String[] dryRun(String... files) {
    var arguments =
        new ArrayList<>(
            List.of(
                "apply",
                "--server-side",
                "--force-conflicts", // the CRDs were created by somebody else
                "--dry-run=server",
                "--validate=strict"));
    arguments.addAll(List.of(files));
    return arguments.toArray(String[]::new);
  }

  private static Kubectl.Answer lint(String... values) {
    var arguments = new ArrayList<>(List.of("lint", "--strict", "--quiet"));
    arguments.addAll(List.of(values));
    arguments.add(CHART.toString());
    return cluster.helm().attempt(arguments.toArray(String[]::new));
  }

  private static String helm(String command, String... options) {
    var arguments = new ArrayList<>(List.of(command, "hostfirewall"));
    if (!command.equals("uninstall")) {
      arguments.add(CHART.toString());
    }
    arguments.add("--namespace=" + NAMESPACE);
    arguments.addAll(List.of(options));
    return cluster.helm().run(arguments.toArray(String[]::new));
  }

  private static String clusterNodes(String network) {
    return """
    apiVersion: hostfirewall.io/v1alpha1
    kind: HostFirewallAddressSet
    metadata: {name: cluster-nodes}
    spec: {networks: [%s]}
    """
        .formatted(network);
  }

  private static String monitor(String kind, String plural) {
    return """
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: %2$s.monitoring.coreos.com}
    spec:
      group: monitoring.coreos.com
      names: {kind: %1$s, plural: %2$s}
      scope: Namespaced
      versions:
      - name: v1
        served: true
        storage: true
        schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
    """
        .formatted(kind, plural);
  }
}
