package io.hostfirewall.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What must hold however the values are set. */
class ChartTest {

  private static final Set<String> CLUSTER_WIDE =
      Set.of(
          "CustomResourceDefinition",
          "ClusterRole",
          "ClusterRoleBinding",
          "ValidatingAdmissionPolicy",
          "ValidatingAdmissionPolicyBinding");

  static List<Path> valuesFiles() throws IOException {
    return Chart.valuesFiles();
  }

  @Test
  void lint_has_no_warning() {
    assertThat(new Helm(Chart.FOLDER).lint().strict().call().getMessages())
        .allMatch(message -> message.startsWith("[INFO]"));
  }

  @Test
  void version_is_the_projects() throws IOException {
    var chart = Manifest.parse(Files.readString(Chart.FOLDER.resolve("Chart.yaml")));
    var project =
        Pattern.compile("<artifactId>host-firewall-parent</artifactId>\\s*<version>(.*)</version>")
            .matcher(Files.readString(Chart.PROJECT.resolve("pom.xml")));

    assertThat(project.find()).isTrue();
    assertThat(chart.path("version").asText()).isEqualTo(project.group(1));
    assertThat(chart.path("appVersion").asText()).isEqualTo(project.group(1));
  }

  /** Helm takes one that is no release only if it is named. */
  @ParameterizedTest
  @ValueSource(strings = {"helm/host-firewall/README.md", "docs/installation.md"})
  void pages_take_the_charts_version_from_a_registry(String page) throws IOException {
    var version = Manifest.parse(Files.readString(Chart.FOLDER.resolve("Chart.yaml")));

    assertThat(
            Pattern.compile("oci://\\S+/host-firewall(?: --version (\\S+))?")
                .matcher(Files.readString(Chart.PROJECT.resolve(page)))
                .results()
                .map(found -> found.group(1)))
        .isNotEmpty()
        .containsOnly(version.path("version").asText());
  }

  /** Together the files in {@code ci} turn every switch, so every other test sees it turned. */
  @Test
  void every_value_is_set_by_a_values_file() throws IOException {
    var defaults = leaves(Chart.FOLDER.resolve("values.yaml"));
    var turned = new TreeSet<String>();
    for (var file : Chart.valuesFiles()) {
      leaves(file)
          .forEach(
              (path, value) ->
                  defaults.keySet().stream()
                      .filter(known -> path.equals(known) || path.startsWith(known + "/"))
                      .filter(known -> !value.equals(defaults.get(known)))
                      .forEach(turned::add));
    }

    assertThat(turned).containsExactlyElementsOf(defaults.keySet());
  }

  /** Values by JSON pointer; lists and empty objects are values too. */
  private static SortedMap<String, JsonNode> leaves(Path file) throws IOException {
    var leaves = new TreeMap<String, JsonNode>();
    collectLeaves(Manifest.parse(Files.readString(file)), "", leaves);
    return leaves;
  }

  private static void collectLeaves(JsonNode node, String path, Map<String, JsonNode> leaves) {
    if (node.isObject() && !node.isEmpty()) {
      for (var field : node.properties()) {
        collectLeaves(field.getValue(), path + "/" + field.getKey(), leaves);
      }
    } else if (!path.isEmpty()) {
      leaves.put(path, node);
    }
  }

  @ParameterizedTest
  @MethodSource("valuesFiles")
  void every_object_says_whose_it_is_and_where_it_lives(Path values) {
    for (var object : Chart.objects(chart -> chart.withValuesFile(values))) {
      assertThat(object.text("/metadata/labels/app.kubernetes.io~1instance"))
          .as(object.id())
          .isEqualTo("hostfirewall");
      var namespace = object.text("/metadata/namespace");
      if (CLUSTER_WIDE.contains(object.kind())) {
        assertThat(namespace).as(object.id()).isEmpty();
      } else {
        assertThat(namespace).as(object.id()).isIn(Chart.NAMESPACE, "default");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("valuesFiles")
  void pods_have_no_right_on_their_node_and_a_short_lived_token(Path values) {
    var makers =
        Chart.objects(chart -> chart.withValuesFile(values)).stream()
            .filter(object -> object.podSpec().isObject())
            .toList();

    assertThat(makers).isNotEmpty();
    for (var maker : makers) {
      var pod = maker.podSpec();
      assertThat(pod.at("/automountServiceAccountToken").asBoolean(true)).isFalse();
      assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
      assertThat(pod.at("/securityContext/seccompProfile/type").asText())
          .isEqualTo("RuntimeDefault");
      assertThat(pod.has("hostNetwork")).isFalse();
      assertThat(pod.path("volumes").findValues("hostPath")).isEmpty();
      assertThat(pod.path("volumes").findValue("expirationSeconds").asInt()).isEqualTo(3600);
      for (var container : pod.path("containers")) {
        var context = container.path("securityContext");
        assertThat(context.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
        assertThat(context.path("readOnlyRootFilesystem").asBoolean()).isTrue();
        assertThat(context.at("/capabilities/drop").toString()).isEqualTo("[\"ALL\"]");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("valuesFiles")
  void every_admission_policy_is_bound_and_denies(Path values) {
    var objects = Chart.objects(chart -> chart.withValuesFile(values));
    var bound =
        objects.stream()
            .filter(object -> object.kind().equals("ValidatingAdmissionPolicyBinding"))
            .filter(object -> object.text("/spec/validationActions").equals("[\"Deny\"]"))
            .map(object -> object.text("/spec/policyName"))
            .toList();

    assertThat(bound)
        .hasSize(2)
        .containsExactlyInAnyOrderElementsOf(
            objects.stream()
                .filter(object -> object.kind().equals("ValidatingAdmissionPolicy"))
                .map(Manifest::name)
                .toList());
  }

  @ParameterizedTest
  @MethodSource("valuesFiles")
  void accounts_that_are_given_rights_exist(Path values) {
    var objects = Chart.objects(chart -> chart.withValuesFile(values));
    var accounts = names(objects, "ServiceAccount");

    for (var object : objects) {
      if (object.kind().endsWith("RoleBinding")) {
        assertThat(accounts).contains(object.text("/subjects/0/name"));
        assertThat(names(objects, object.text("/roleRef/kind")))
            .contains(object.text("/roleRef/name"));
      }
    }
  }

  /** What remains after an uninstall would be in the way of the next installation. */
  @Test
  void what_uninstalls_is_made_for_it_and_goes_with_it() {
    var hooks = Chart.objects().stream().filter(Manifest::isHook).toList();

    assertThat(hooks)
        .hasSize(6)
        .allMatch(hook -> hook.name().equals("hostfirewall-uninstall"))
        .allMatch(hook -> annotation(hook, "hook").equals("pre-delete"))
        .allMatch(
            hook ->
                annotation(hook, "hook-delete-policy")
                    .equals("before-hook-creation,hook-succeeded"));
    assertThat(hooks)
        .filteredOn(hook -> !hook.kind().equals("Job"))
        .hasSize(5)
        .allMatch(hook -> annotation(hook, "hook-weight").equals("-1"));
  }

  @Test
  void rules_that_stay_need_no_uninstaller() {
    assertThat(Chart.objects(chart -> chart.set("cleanup.onUninstall", "keep")))
        .noneMatch(Manifest::isHook)
        .noneMatch(object -> object.name().contains("uninstall"));
  }

  @Test
  void crds_are_those_of_the_project_and_stay() throws IOException {
    var crds = crds(chart -> chart);

    assertThat(crds).hasSize(4);
    for (var crd : crds) {
      assertThat(crd.text("/metadata/annotations/helm.sh~1resource-policy")).isEqualTo("keep");
      var file = Chart.PROJECT.resolve("crds/generated").resolve(crd.text("/spec/names/plural"));
      var generated = Manifest.parse(Files.readString(Path.of(file + ".yaml")));
      assertThat(crd.json().path("spec")).isEqualTo(generated.path("spec"));
      assertThat(crd.name()).isEqualTo(generated.at("/metadata/name").asText());
    }
  }

  @Test
  void crds_can_go_with_the_release_or_come_from_elsewhere() {
    assertThat(crds(chart -> chart.set("crds.keep", false)))
        .hasSize(4)
        .noneMatch(crd -> crd.json().at("/metadata/annotations").has("helm.sh/resource-policy"));
    assertThat(crds(chart -> chart.set("crds.enabled", false))).isEmpty();
  }

  @Test
  void the_operator_starts_anew_when_the_agents_configuration_changes() {
    assertThat(configurationSum(chart -> chart.set("agent.trialSeconds", 60)))
        .isNotEqualTo(configurationSum(chart -> chart));
    assertThat(configurationSum(chart -> chart.set("operator.replicas", 1)))
        .isEqualTo(configurationSum(chart -> chart));
  }

  @Test
  void labels_that_selectors_need_cannot_be_overridden(@TempDir Path folder) throws IOException {
    var values =
        Chart.values(
            folder,
            """
            commonLabels: {app.kubernetes.io/name: other, team: net}
            operator:
              podLabels: {app.kubernetes.io/component: other, team: edge}
              nodeSelector: {kubernetes.io/os: windows}
            """);
    var deployment = one(Chart.objects(chart -> chart.withValuesFile(values)), "Deployment");

    assertThat(deployment.json().at("/spec/template/metadata/labels"))
        .containsAll(deployment.json().at("/spec/selector/matchLabels"));
    assertThat(deployment.text("/spec/template/metadata/labels/team")).isEqualTo("edge");
    assertThat(deployment.podSpec().at("/nodeSelector/kubernetes.io~1os").asText())
        .isEqualTo("linux");
  }

  @Test
  void prometheus_is_not_sent_to_a_loopback_address() {
    assertThatThrownBy(() -> Chart.render(chart -> chart.set("metrics.podMonitor.enabled", true)))
        .hasMessageContaining("agent.health.address");
  }

  /** The operator refuses a file with a key that it does not know. */
  @Test
  void the_agents_configuration_has_the_keys_that_the_operator_reads() {
    var file = one(Chart.objects(), "ConfigMap").text("/data/agent.yaml");

    assertThat(Manifest.parse(file).fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder(
            ("name image imagePullPolicy imagePullSecrets serviceAccountName privileged backend"
                    + " trialSeconds uplinks podInterfaces adminNetworks apiServerFrom health logging boot"
                    + " stateFolder hostPathXtablesLock priorityClassName maxUnavailable"
                    + " terminationGracePeriodSeconds nodeSelector tolerations affinity resources"
                    + " extraEnv podLabels podAnnotations labels")
                .split(" "));
  }

  private static String configurationSum(UnaryOperator<TemplateCommand> options) {
    return one(Chart.objects(options), "Deployment")
        .text("/spec/template/metadata/annotations/checksum~1agent-config");
  }

  private static List<Manifest> crds(UnaryOperator<TemplateCommand> options) {
    return Chart.objects(options).stream()
        .filter(object -> object.kind().equals("CustomResourceDefinition"))
        .toList();
  }

  private static Manifest one(List<Manifest> objects, String kind) {
    return objects.stream()
        .filter(object -> object.kind().equals(kind))
        .collect(
            Collectors.collectingAndThen(
                Collectors.toList(),
                found -> {
                  assertThat(found).hasSize(1);
                  return found.getFirst();
                }));
  }

  private static List<String> names(List<Manifest> objects, String kind) {
    return objects.stream()
        .filter(object -> object.kind().equals(kind))
        .map(Manifest::name)
        .toList();
  }

  private static String annotation(Manifest hook, String name) {
    return hook.text("/metadata/annotations/helm.sh~1" + name);
  }
}
