package io.hostfirewall.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a user hears from kubectl. Each file in {@code refusals} is refused with the text of its
 * first line; those in {@code accepted} and the examples are taken as they are.
 */
class CrdClusterIT {

  private static final Path RESOURCES = Path.of("src/test/resources");

  private static ControlPlane cluster;

  @BeforeAll
  static void start() {
    cluster = ControlPlane.start();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  static List<String> refusals() throws IOException {
    return names(RESOURCES.resolve("refusals"));
  }

  static List<Path> accepted() throws IOException {
    var accepted = RESOURCES.resolve("accepted");
    var examples = ControlPlane.PROJECT.resolve("examples");
    return Stream.of(
            names(accepted).stream().map(accepted::resolve),
            names(examples).stream().map(examples::resolve),
            Stream.of(examples.resolve("cookbook")))
        .flatMap(files -> files)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void a_mistake_is_refused_with_a_sentence(String name) throws IOException {
    var file = RESOURCES.resolve("refusals").resolve(name);
    var sentence = Files.readAllLines(file).getFirst().substring("# ".length());

    var answer = cluster.admin().attempt("create", "--dry-run=server", "-f", file.toString());

    assertThat(answer.done()).as(answer.text()).isFalse();
    assertThat(answer.text()).contains(sentence);
  }

  @ParameterizedTest
  @MethodSource("accepted")
  void a_valid_policy_is_kept_as_it_was_written(Path file) {
    cluster.admin().run("apply", "-f", file.toString());

    assertThat(cluster.admin().attempt("diff", "-f", file.toString()))
        .isEqualTo(new Kubectl.Answer(0, ""));
  }

  @Test
  void crds_are_kept_as_they_were_written() {
    var crds = ControlPlane.PROJECT.resolve("crds/generated").toString();
    cluster.admin().run("apply", "--server-side", "--force-conflicts", "-f", crds);

    assertThat(cluster.admin().attempt("diff", "--server-side", "-f", crds))
        .isEqualTo(new Kubectl.Answer(0, ""));
  }

  @Test
  void a_policy_that_nobody_has_looked_at_is_not_current() {
    create("HostFirewallPolicy", "unseen", "{nodeSelector: {}}");

    assertThat(cluster.admin().run("get", "hfp", "unseen", "-o", "jsonpath={.status}"))
        .isEqualTo("{\"observedGeneration\":-1}");
  }

  @Test
  void a_revision_keeps_every_field_and_never_changes() {
    create(
        "HostFirewallRevision",
        "fixed",
        "{policies: [{name: a, uid: u, generation: 1, spec: {ingress: [{name: x, later: 1}]}}]}");

    assertThat(cluster.admin().run("get", "hfrev", "fixed", "-o", "jsonpath={.spec.policies[0]}"))
        .contains("\"later\":1");
    for (var edit :
        List.of(
            "[{op: replace, path: /spec/policies/0/spec/ingress/0/later, value: 2}]",
            "[{op: add, path: /spec/policies/0/spec/priority, value: 7}]",
            "[{op: remove, path: /spec/policies/0/spec/ingress}]",
            "[{op: replace, path: /spec/policies/0/generation, value: 2}]",
            "[{op: replace, path: /spec/policies, value: []}]")) {
      assertThat(
              cluster.admin().attempt("patch", "hfrev", "fixed", "--type=json", "--patch=" + edit))
          .satisfies(
              answer ->
                  assertThat(answer.text())
                      .contains("a revision never changes: the operator makes another one"));
    }
  }

  @Test
  void node_states_are_found_by_their_state_and_revision() {
    create(
        "HostFirewallNodeState",
        "node-7",
        "{revision: hfr-a, node: {addresses: [], podCIDRs: [], apiServerPorts: [], controlPlane:"
            + " false}}");
    cluster
        .admin()
        .run(
            "patch",
            "hfns",
            "node-7",
            "--subresource=status",
            "--type=merge",
            "--patch={\"status\":{\"state\":\"Applied\",\"revision\":\"hfr-a\",\"backend\":\"nft\"}}");

    assertThat(
            cluster
                .admin()
                .attempt(
                    "patch",
                    "hfns",
                    "node-7",
                    "--subresource=status",
                    "--type=merge",
                    "--patch={\"status\":{\"revision\":\"--kubeconfig=elsewhere\"}}")
                .text())
        .contains("status.revision: Invalid value: \"--kubeconfig=elsewhere\"");
    assertThat(found("status.state=Applied"))
        .isEqualTo("hostfirewallnodestate.hostfirewall.io/node-7");
    assertThat(found("spec.revision=hfr-a"))
        .isEqualTo("hostfirewallnodestate.hostfirewall.io/node-7");
    assertThat(found("status.state=Failed")).isEmpty();
    assertThat(cluster.admin().run("get", "hfns", "--no-headers"))
        .startsWith("node-7   hfr-a   Applied   nft ");
  }

  @Test
  void the_category_lists_all_four_kinds() {
    assertThat(
            cluster
                .admin()
                .run("api-resources", "--categories=hostfirewall", "--no-headers", "-o", "name")
                .lines())
        .containsExactlyInAnyOrder(
            "hostfirewalladdresssets.hostfirewall.io",
            "hostfirewallnodestates.hostfirewall.io",
            "hostfirewallpolicies.hostfirewall.io",
            "hostfirewallrevisions.hostfirewall.io");
  }

  @Test
  void every_field_can_be_explained() {
    // The API server publishes the schema of a new kind some time after it serves the kind.
    await()
        .untilAsserted(
            () ->
                assertThat(cluster.admin().attempt("explain", "hfp.spec.ingress.rateLimit").text())
                    .contains("How many new connections, or ICMP packets, pass in each unit.")
                    .contains("enum: Deny, Reject"));
  }

  private static String found(String selector) {
    return cluster.admin().run("get", "hfns", "-o", "name", "--field-selector=" + selector);
  }

  private static void create(String kind, String name, String spec) {
    cluster
        .admin()
        .runWith(
            """
            apiVersion: hostfirewall.io/v1alpha1
            kind: %s
            metadata: {name: %s}
            spec: %s
            """
                .formatted(kind, name, spec),
            "create",
            "-f",
            "-");
  }

  private static List<String> names(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .sorted()
          .toList();
    }
  }
}
