package io.hostfirewall.e2e.node;

import static io.hostfirewall.e2e.node.Release.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What an administrator does, step by step, in any {@link Cluster}: by the documents' own commands
 * and the Kubernetes API alone. Each step begins where the one before it ended.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@ExtendWith(Diagnosis.class)
class AdministratorNodesIT {

  private static final String OUR_KINDS = "hfns,hfrev,hfas";

  /** Closes one port that nobody uses, so that it harms no cluster. */
  private static final String POLICY =
      """
      apiVersion: hostfirewall.io/v1alpha1
      kind: HostFirewallPolicy
      metadata: {name: discard}
      spec:
        nodeSelector: {}
        defaultActions: {ingress: Accept, forward: Accept}
        ingress:
        - {name: discard, action: Deny, ports: [{protocol: UDP, port: %d}]}
      """;

  private final Cluster cluster = Cluster.shared();
  private final Release release = cluster.release();
  private final RulesOfNodes rules = new RulesOfNodes(cluster);
  private final Map<String, String> before = new TreeMap<>();
  private String image = "";

  @BeforeAll
  void nobody_was_here() {
    assertThat(release.isInstalled()).isFalse();
    labRules().ifPresent(before::putAll);
  }

  @AfterAll
  void leave() {
    cluster.leave();
  }

  @Test
  @Order(1)
  void the_quickstart_works_as_it_is_typed() throws IOException {
    var output =
        TypedCommands.ofQuickstart(cluster.registry(), cluster.nodes().getFirst()).run(cluster);

    assertThat(output)
        .contains("successfully rolled out")
        .contains("hostfirewallpolicy.hostfirewall.io/first condition met")
        .contains("HFW-INPUT")
        .contains("hostfirewallpolicy.hostfirewall.io \"first\" deleted");
    image = release.agentImage();
  }

  @Test
  @Order(2)
  void a_policy_is_in_force_on_every_node_and_so_is_its_edit() {
    release.apply(POLICY.formatted(9));
    release.awaitReady("discard", cluster.nodes().size());
    for (var node : cluster.nodes()) {
      assertThat(rules.on(node, image)).contains("HFW-INPUT").containsPattern("udp.*dports? 9 ");
    }

    release.apply(POLICY.formatted(19));
    release.awaitReady("discard", cluster.nodes().size());
    for (var node : cluster.nodes()) {
      assertThat(rules.on(node, image))
          .containsPattern("udp.*dports? 19 ")
          .doesNotContainPattern("udp.*dports? 9 ");
    }
  }

  @Test
  @Order(3)
  void uninstalled_it_leaves_no_trace() {
    assertThat(release.uninstall()).doesNotContain("NOT REACHED");

    for (var node : cluster.nodes()) {
      assertThat(rules.on(node, image))
          .as(node)
          .contains("*filter")
          .doesNotContain("HFW-")
          .doesNotContain("hfw");
    }
    assertThat(cluster.kubectl().run("get", OUR_KINDS)).isEqualTo("No resources found");
    assertThat(cluster.kubectl().run("get", "all", "--namespace=" + Release.NAMESPACE))
        .startsWith("No resources found");
    labRules().ifPresent(after -> assertThat(after).isEqualTo(before));
    cluster.lab().stream()
        .flatMap(Lab::nodes)
        .forEach(
            node -> {
              assertThat(node.agents()).isEmpty();
              assertThat(node.file("/var/lib/hostfirewall")).isEmptyDirectory();
            });
  }

  @Test
  @Order(4)
  void installed_again_it_enforces_the_policies_that_stayed() {
    var printed = release.install();
    release.awaitReady("discard", cluster.nodes().size());

    for (var node : cluster.nodes()) {
      assertThat(rules.on(node, image)).containsPattern("udp.*dports? 19 ");
    }
    eventually("every node says what it enforces")
        .until(
            () ->
                List.of(
                        cluster
                            .kubectl()
                            .run("get", "hfns", "-o", "jsonpath={.items[*].status.state}")
                            .split(" ", -1))
                    .equals(cluster.nodes().stream().map(_ -> "Applied").toList()));

    assertThat(printed).contains("is installed. It enforces nothing until there is a policy.");
    var node = cluster.nodes().getFirst();
    try {
      assertThat(TypedCommands.ofNotes(printed, node).run(cluster))
          .contains("successfully rolled out")
          .contains("hostfirewallpolicy.hostfirewall.io/first created")
          .contains("hostfirewallpolicy.hostfirewall.io \"first\" deleted");
    } finally {
      cluster.kubectl().run("delete", "hfp", "first", "--ignore-not-found");
      cluster.kubectl().run("label", "node", node, "hostfirewall-");
    }
  }

  /** Both back ends whole, which needs a look into the nodes. */
  private Optional<Map<String, String>> labRules() {
    return cluster
        .lab()
        .map(
            lab -> {
              var all = new TreeMap<String, String>();
              lab.nodes().forEach(node -> all.put(node.name(), node.foreignRules()));
              return all;
            });
  }
}
