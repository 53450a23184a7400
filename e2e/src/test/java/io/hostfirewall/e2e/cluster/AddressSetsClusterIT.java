package io.hostfirewall.e2e.cluster;

import static io.hostfirewall.e2e.cluster.SmallCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.hostfirewall.api.v1alpha1.HostFirewallAddressSet;
import io.hostfirewall.api.v1alpha1.HostFirewallAddressSetSpec;
import io.hostfirewall.ruleset.compile.SetNames;
import io.hostfirewall.ruleset.model.Family;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.data.Index;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Rules that name address sets, from kubectl to packets. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AddressSetsClusterIT {

  private static final int WEB = 80;
  private static final int OTHER = 8080;
  private static final int SSH = 2222;

  /** From where this test speaks to nodes. */
  private static final String HERE = "10.99.0.1/32";

  private static final String OF_NODES = "cluster-nodes-";

  private static final String ELSEWHERE = "198.51.100.0/24";

  private static final String POLICY =
      """
      apiVersion: hostfirewall.io/v1alpha1
      kind: HostFirewallPolicy
      metadata: {name: office}
      spec:
        nodeSelector: {}
        ingress:
        - name: office
          action: Accept
          from: [{addressSet: office}]
          ports: [{protocol: TCP, port: 80}, {protocol: TCP, port: 2222}]
      """;

  private final ControlPlane cluster = ControlPlane.start();
  private final Statuses statuses = new Statuses(cluster.client());
  private ClusterNode node;
  private RunningProgram operator;

  @BeforeAll
  void a_node_and_an_operator() {
    cluster.installRights();
    node = new ClusterNode(cluster, 11, "nft", WEB, OTHER);
    operator = Operator.with(cluster, Map.of("HOSTFIREWALL_REVISIONS_KEPT", "1s"));
    operator.start();
    node.agent().start();
  }

  @AfterEach
  void no_policy() {
    cluster.admin().run("delete", "hfp", "--all");
    cluster.admin().run("delete", "node", "here", "--ignore-not-found");
    eventually("open again").until(() -> node.accepts(OTHER));
    cluster.admin().run("delete", "hfas", "office", "second", "--ignore-not-found");
  }

  @AfterAll
  void end() {
    node.close();
    operator.close();
    cluster.close();
  }

  private void addressSet(String object, String set, String... networks) {
    apply(
        """
        apiVersion: hostfirewall.io/v1alpha1
        kind: HostFirewallAddressSet
        metadata: {name: %s}
        spec: {set: %s, networks: %s}
        """
            .formatted(object, set, List.of(networks)));
  }

  private void apply(String yaml) {
    cluster.admin().runWith(yaml, "apply", "-f", "-");
  }

  private void awaitCondition(String type, String status, String reason) {
    eventually(type + " " + status)
        .untilAsserted(
            () -> assertThat(statuses.condition("office", type)).isEqualTo(status + " " + reason));
  }

  private String nodeState() {
    return statuses.condition(node, "Ready").map(Condition::getReason).orElse("absent");
  }

  @Test
  void a_set_is_waited_for_and_followed_and_kept_when_it_is_deleted_in_use() {
    apply(POLICY);
    awaitCondition("Accepted", "False", "AddressSetNotFound");
    assertThat(statuses.message("office", "Accepted"))
        .startsWith("spec.ingress[0].from[0].addressSet: there is no address set \"office\"");
    assertThat(statuses.condition("office", "Stalled")).startsWith("True");
    assertThat(node.accepts(OTHER)).isTrue();

    addressSet("office", "office", HERE);
    awaitCondition("Programmed", "True", "Programmed");
    assertThat(node.accepts(WEB)).isTrue();
    assertThat(node.accepts(OTHER)).isFalse();
    var rules = node.rules("nft");

    addressSet("office", "office", ELSEWHERE);
    eventually("closed").until(() -> !node.accepts(WEB));
    addressSet("second", "office", HERE);
    eventually("open by the second object").until(() -> node.accepts(WEB));
    assertThat(node.rules("nft")).isEqualTo(rules);

    cluster.admin().run("delete", "hfas", "office", "second");
    awaitCondition("Accepted", "False", "AddressSetNotFound");
    assertThat(statuses.message("office", "Accepted")).contains("stays enforced");
    node.agent().kill();
    node.agent().start();
    eventually("looked after again").until(() -> node.ask("/readyz").isPresent());
    assertThat(node.accepts(WEB)).isTrue();
    assertThat(node.accepts(OTHER)).isFalse();
    assertThat(node.rules("nft")).isEqualTo(rules);

    addressSet("office", "office", ELSEWHERE);
    awaitCondition("Accepted", "True", "Accepted");
    eventually("closed").until(() -> !node.accepts(WEB));
  }

  private HostFirewallAddressSet tenThousand(int number) {
    var set = new HostFirewallAddressSet();
    set.setMetadata(new ObjectMetaBuilder().withName("many-" + number).build());
    set.setSpec(
        new HostFirewallAddressSetSpec(
            "office",
            IntStream.range(number * 10_000, (number + 1) * 10_000)
                .mapToObj(i -> "%d.%d.%d.0/25".formatted(20 + i / 65_536, i / 256 % 256, i % 256))
                .toList()));
    return set;
  }

  private void awaitEntries(int count) {
    var name = SetNames.addressSet(Family.IPV4, "office");
    eventually(count + " entries")
        .untilAsserted(
            () ->
                assertThat(node.run("ipset", "-t", "list", name))
                    .endsWith("Number of entries: " + count + "\n"));
  }

  @Test
  void a_hundred_thousand_networks_in_ten_objects_are_followed_by_a_small_agent() {
    addressSet("office", "office", HERE);
    apply(POLICY);
    awaitCondition("Programmed", "True", "Programmed");
    var many = IntStream.range(0, 10).mapToObj(this::tenThousand).toList();

    many.forEach(set -> cluster.client().resource(set).create());
    awaitEntries(100_001);
    assertThat(node.accepts(WEB)).isTrue();

    addressSet("office", "office", HERE, ELSEWHERE);
    awaitEntries(100_002);
    node.run("ipset", "del", SetNames.addressSet(Family.IPV4, "office"), "20.0.7.0/25");
    awaitEntries(100_002);

    many.forEach(set -> cluster.client().resource(set).delete());
    awaitEntries(2);
    assertThat(node.agent().isRunning()).isTrue();
    assertThat(nodeState()).isEqualTo("Applied");
  }

  @Test
  void peers_by_labels_follow_the_nodes_without_a_rule_and_go_with_their_policy() {
    node.register(Map.of("firewall", "on"));
    var here =
        new NodeBuilder()
            .withNewMetadata()
            .withName("here")
            .endMetadata()
            .withNewStatus()
            .addNewAddress("10.99.0.1", "InternalIP")
            .endStatus()
            .build();
    cluster.client().resource(here).create();
    cluster.client().resource(here).updateStatus();
    apply(
        """
        apiVersion: hostfirewall.io/v1alpha1
        kind: HostFirewallPolicy
        metadata: {name: office}
        spec:
          nodeSelector: {matchLabels: {firewall: "on"}}
          ingress:
          - {name: blocked, action: Deny, from: [{nodes: {matchLabels: {role: blocked}}}]}
        """);
    awaitCondition("Programmed", "True", "Programmed");
    eventually("trusted as every node").until(() -> node.accepts(WEB));
    var rules = node.rules("nft");

    cluster.admin().run("label", "node", "here", "role=blocked");
    eventually("blocked by its label").until(() -> !node.accepts(WEB));
    cluster.admin().run("label", "node", "here", "role-");
    eventually("trusted again").until(() -> node.accepts(WEB));
    cluster.admin().run("delete", "node", "here");
    eventually("a stranger").until(() -> !node.accepts(WEB));
    assertThat(node.rules("nft")).isEqualTo(rules);

    assertThat(cluster.admin().run("get", "hfas", "-o", "name")).contains(OF_NODES);
    cluster.admin().run("delete", "hfp", "office");
    eventually("collected")
        .untilAsserted(
            () ->
                assertThat(cluster.admin().run("get", "hfas", "-o", "name"))
                    .contains("cluster-nodes")
                    .doesNotContain(OF_NODES));
  }

  @Test
  void an_edit_that_would_lock_out_who_is_connected_waits_until_they_are_gone() throws IOException {
    addressSet("office", "office", HERE);
    apply(POLICY);
    awaitCondition("Programmed", "True", "Programmed");
    try (var _ = new SshServer(node, SSH)) {
      try (var session = new Socket(node.address(), SSH)) {
        assertThat(session.getInputStream().readNBytes(3)).asString().isEqualTo("SSH");

        addressSet("office", "office");

        eventually("held back")
            .untilAsserted(() -> assertThat(nodeState()).isEqualTo("WouldLockOut"));
        assertThat(node.accepts(SSH)).isTrue();
        eventually("told").until(() -> statuses.condition("office", "Ready").startsWith("False"));
      }
      addressSet("office", "office", ELSEWHERE);
      eventually("followed").until(() -> !node.accepts(SSH));
      eventually("applied").untilAsserted(() -> assertThat(nodeState()).isEqualTo("Applied"));
    }
  }

  @Test
  void the_plug_in_of_kubectl_says_what_nodes_enforce() {
    addressSet("office", "office", HERE);
    apply(POLICY);
    awaitCondition("Programmed", "True", "Programmed");
    var kubectl = cluster.admin();

    var status = kubectl.hostfirewall("status");
    assertThat(status.exit()).as(status.text()).isZero();
    assertThat(status.text().lines().toList())
        .hasSize(3)
        .contains("1 node: 1 Applied", Index.atIndex(2))
        .satisfies(
            line -> assertThat(line).matches("node-11 +Applied +hfr-\\w+ +nft +office +\\d+s.*"),
            Index.atIndex(1));

    node.agent().kill();
    try {
      apply(POLICY.replace("port: 2222", "port: 2223"));
      eventually("told")
          .untilAsserted(
              () ->
                  assertThat(kubectl.hostfirewall("status", "-o", "json"))
                      .matches(answer -> answer.exit() == 1)
                      .matches(answer -> answer.text().contains("\"state\" : \"Pending\"")));
    } finally {
      node.agent().start();
    }
    eventually("enforced").until(() -> kubectl.hostfirewall("status").done());

    assertThat(kubectl.hostfirewall("status", "--node", "node-11").text())
        .startsWith("node-11: Applied")
        .contains("Policies       office (priority 500, Enforce)", "Ready", "cluster's nodes");
    assertThat(kubectl.hostfirewall("status", "--node", "node-1"))
        .isEqualTo(
            new Kubectl.Answer(
                2,
                "hostfirewall: no node with a HostFirewallNodeState is called \"node-1\". Did you mean"
                    + " \"node-11\"?"));

    var accepted = kubectl.hostfirewall("explain", "--node=node-11", "tcp 10.99.0.1 > :80");
    assertThat(accepted.exit()).as(accepted.text()).isZero();
    assertThat(accepted.text())
        .contains("Accepted: policy office, spec.ingress[0]", "what only node-11 itself knows");
    assertThat(kubectl.hostfirewall("explain", "--node=node-11", "tcp 10.99.0.7 > :80").exit())
        .isEqualTo(1);
    assertThat(node.accepts(WEB)).isTrue();

    var diff =
        kubectl.hostfirewallWith(
            POLICY.replace("port: 80", "port: 81"), "diff", "--node=node-11", "-f", "-");
    assertThat(diff.exit()).as(diff.text()).isEqualTo(1);
    assertThat(diff.text())
        .contains(
            "--- node-11, hfr-",
            "+++ -",
            "  opens tcp/81,2222 to anyone in address set office (was closed)");

    assertThat(kubectl.completion("hostfirewall", "explain", "--node", ""))
        .contains("node-11", ":4");

    assertThat(kubectl.hostfirewall("status", "--as=eve"))
        .isEqualTo(
            new Kubectl.Answer(
                3,
                "hostfirewall: User \"eve\" cannot list resource \"hostfirewallnodestates\" in API"
                    + " group \"hostfirewall.io\" at the cluster scope. Ask an administrator to bind"
                    + " the ClusterRole view to it, which includes that."));
    assertThat(kubectl.hostfirewall("status", "--context=nowhere").text())
        .startsWith("hostfirewall: the cluster cannot be asked, says kubectl: ");
  }
}
