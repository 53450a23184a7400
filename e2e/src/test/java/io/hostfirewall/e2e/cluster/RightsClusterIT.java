package io.hostfirewall.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the credentials of agents and of the operator can do, proven by trying. */
class RightsClusterIT {

  private static final String NOT_ITS_OWN =
      "the agent of node node-12 may write only the state of its own node, not that of node-11";
  private static final String OPERATORS_ALONE = "are written by the operator alone";

  private static ControlPlane cluster;
  private static Kubectl agent11;
  private static Kubectl agent12;
  private static Kubectl operator;
  private static Kubectl.Answer withoutAdmissionPolicies;

  @BeforeAll
  static void start() {
    cluster = ControlPlane.start();
    createManifests("app.kubernetes.io/component notin (crds,admission)");
    for (var node : List.of("node-11", "node-12")) {
      cluster.admin().runWith(nodeAndState(node), "create", "-f", "-");
    }
    agent11 = agentOf("node-11");
    agent12 = agentOf("node-12");
    operator = cluster.withToken("hostfirewall-operator");
    withoutAdmissionPolicies = writeStatus(agent12, "node-11");
    createManifests("app.kubernetes.io/component=admission");
    await("admission policies in force")
        .until(
            () ->
                writeStatus(agent12, "node-11").text().contains(NOT_ITS_OWN)
                    && applySet(cluster.admin(), "cluster-probe", "any")
                        .text()
                        .contains(OPERATORS_ALONE));
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  /** The control: RBAC alone cannot tell agents apart. */
  @Test
  void without_the_admission_policies_an_agent_could_write_anybodys_status() {
    assertThat(withoutAdmissionPolicies.done()).as(withoutAdmissionPolicies.text()).isTrue();
  }

  @Test
  void an_agent_writes_the_status_of_its_own_node() {
    assertThat(writeStatus(agent11, "node-11").text())
        .isEqualTo("hostfirewallnodestate.hostfirewall.io/node-11 serverside-applied");
  }

  @Test
  void an_agent_cannot_write_the_status_of_another_node() {
    assertThat(writeStatus(agent12, "node-11").text()).contains("is forbidden", NOT_ITS_OWN);
  }

  @Test
  void a_token_that_names_no_node_writes_nothing() {
    var unbound = cluster.withToken("hostfirewall-agent");

    assertThat(writeStatus(unbound, "node-11").text())
        .contains("is forbidden", "this token does not say which node it belongs to");
  }

  /** Were RBAC ever too generous, the admission policy still holds for the object itself. */
  @Test
  void an_agent_with_every_right_still_touches_only_its_own_state() {
    cluster
        .admin()
        .run(
            "create",
            "clusterrolebinding",
            "too-generous",
            "--clusterrole=cluster-admin",
            "--serviceaccount=hostfirewall-system:hostfirewall-agent");
    try {
      await().until(() -> agent12.attempt("get", "secrets").done());

      assertThat(spec(agent12, "node-11").text()).contains(NOT_ITS_OWN);
      assertThat(agent12.attempt("delete", "hfns", "node-11", "--dry-run=server").text())
          .contains(NOT_ITS_OWN);
      assertThat(
              agent12.attemptWith(state("node-13"), "create", "--dry-run=server", "-f", "-").text())
          .contains("not that of node-13");
      assertThat(spec(agent12, "node-12").done()).isTrue();
    } finally {
      cluster.admin().run("delete", "clusterrolebinding", "too-generous");
    }
    await().until(() -> !agent12.attempt("get", "secrets").done());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "get hfns node-11",
        "get hfns --field-selector=metadata.name=node-11",
        "get hfas",
      })
  void an_agent_reads_what_it_needs(String call) {
    assertThat(agent11.attempt(call.split(" "))).matches(Kubectl.Answer::done);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "get hfp",
        "get hfrev",
        "get nodes",
        "get pods --all-namespaces",
        "get secrets --all-namespaces",
        "get configmaps --all-namespaces",
        "delete hfns node-11",
        "delete hfas x",
        "delete node node-11",
        "patch hfns node-11 --type=merge --patch={\"spec\":{\"revision\":\"hfr-0\"}}",
        "create token hostfirewall-agent --namespace=hostfirewall-system",
        "create namespace x",
      })
  void an_agent_can_do_nothing_else(String call) {
    assertThat(agent11.attempt(call.split(" ")).text())
        .contains(
            "is forbidden: User \"system:serviceaccount:hostfirewall-system:hostfirewall-agent\"");
  }

  @ParameterizedTest
  @CsvSource({
    "hostfirewall-agent, hostfirewallnodestates.hostfirewall.io=get list watch;"
        + "hostfirewallnodestates.hostfirewall.io/status=patch update;"
        + "hostfirewallrevisions.hostfirewall.io=get;"
        + "hostfirewalladdresssets.hostfirewall.io=get list watch",
    "hostfirewall-operator, hostfirewallpolicies.hostfirewall.io=get list watch;"
        + "hostfirewallpolicies.hostfirewall.io/status=patch update;"
        + "hostfirewallrevisions.hostfirewall.io=get list watch create delete;"
        + "hostfirewallnodestates.hostfirewall.io=get list watch create patch update delete;"
        + "hostfirewalladdresssets.hostfirewall.io=get list watch create patch update delete;"
        + "nodes=get list watch;pods=list"
  })
  void the_rights_in_the_whole_cluster_are_exactly_these(String account, String rights) {
    var listed = cluster.withToken(account).run("auth", "can-i", "--list", "--namespace=x");

    assertThat(
            listed
                .lines()
                .skip(1)
                .filter(line -> !line.startsWith(" ") && !line.startsWith("self"))
                .map(line -> line.replaceAll(" +\\[] +\\[] +\\[(.*)]", "=$1")))
        .containsExactlyInAnyOrder(rights.split(";"));
  }

  @Test
  void agent_and_operator_write_events_in_the_namespace_default_only() {
    for (var who : List.of(agent11, operator)) {
      assertThat(who.attemptWith(event("default"), "create", "-f", "-"))
          .matches(Kubectl.Answer::done);
      assertThat(who.attemptWith(event("kube-system"), "create", "-f", "-").text())
          .contains("is forbidden");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "get nodes",
        "get hfp",
        "get endpointslices --namespace=default",
        "get leases --namespace=hostfirewall-system",
        "get deployments --namespace=hostfirewall-system",
        "get daemonsets --namespace=hostfirewall-system --field-selector=metadata.name=hostfirewall-agent",
        "get pods --all-namespaces",
        "patch hfns node-12 --type=merge --patch={\"spec\":{\"revision\":\"hfr-0\"}}",
      })
  void the_operator_does_its_work(String call) {
    assertThat(operator.attempt(call.split(" "))).matches(Kubectl.Answer::done);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "get pod x --namespace=kube-system",
        "delete pod x --namespace=hostfirewall-system",
        "get daemonset other --namespace=hostfirewall-system",
        "delete daemonset hostfirewall-agent --namespace=hostfirewall-system",
        "get daemonsets --namespace=kube-system",
        "patch deployment hostfirewall-operator --namespace=hostfirewall-system --patch={\"spec\":{\"replicas\":0}}",
        "get secrets --all-namespaces",
        "get leases --namespace=kube-system",
        "get endpointslices --namespace=kube-system",
        "patch node node-11 --patch={\"metadata\":{\"labels\":{\"a\":\"b\"}}}",
        "patch hfns node-11 --subresource=status --type=merge --patch={\"status\":{\"state\":\"Applied\"}}",
        "delete hfp x",
        "create token hostfirewall-agent --namespace=hostfirewall-system",
      })
  void the_operator_can_do_nothing_else(String call) {
    assertThat(operator.attempt(call.split(" ")).text())
        .contains(
            "is forbidden: User \"system:serviceaccount:hostfirewall-system:hostfirewall-operator\"");
  }

  @Test
  void only_the_operator_says_whom_every_node_trusts() {
    assertThat(applySet(operator, "cluster-nodes", "cluster-nodes").done()).isTrue();
    assertThat(applySet(operator, "more-nodes", "cluster-nodes").done()).isTrue();
    assertThat(applySet(cluster.admin(), "mine", "office").done()).isTrue();

    for (var attempt :
        List.of(
            applySet(cluster.admin(), "cluster-mine", "office"),
            applySet(cluster.admin(), "mine", "cluster-nodes"),
            applySet(cluster.admin(), "more-nodes", "office"),
            cluster.admin().attempt("delete", "hfas", "cluster-nodes"),
            cluster.admin().attempt("delete", "hfas", "more-nodes"))) {
      assertThat(attempt.text()).contains("is forbidden", OPERATORS_ALONE);
    }
    assertThat(operator.attempt("delete", "hfas", "cluster-nodes", "more-nodes").done()).isTrue();
  }

  private static Kubectl agentOf(String node) {
    return cluster.withToken(
        "hostfirewall-agent", "--bound-object-kind=Node", "--bound-object-name=" + node);
  }

  private static void createManifests(String selector) {
    var file = ControlPlane.PROJECT.resolve("manifests/host-firewall.yaml");
    cluster.admin().run("create", "-f", file.toString(), "-l", selector);
  }

  private static Kubectl.Answer spec(Kubectl who, String node) {
    return who.attempt(
        "patch",
        "hfns",
        node,
        "--type=merge",
        "--patch={\"spec\":{\"revision\":\"hfr-0\"}}",
        "--dry-run=server");
  }

  /** As the agent does it; `kubectl patch` would read the subresource first, which it may not. */
  private static Kubectl.Answer writeStatus(Kubectl who, String node) {
    return who.attemptWith(
        """
        apiVersion: hostfirewall.io/v1alpha1
        kind: HostFirewallNodeState
        metadata: {name: %s}
        status: {state: Applied}
        """
            .formatted(node),
        "apply",
        "--server-side",
        "--force-conflicts",
        "--subresource=status",
        "-f",
        "-");
  }

  private static Kubectl.Answer applySet(Kubectl who, String name, String set) {
    return who.attemptWith(
        """
        apiVersion: hostfirewall.io/v1alpha1
        kind: HostFirewallAddressSet
        metadata: {name: %s}
        spec: {set: %s, networks: [192.0.2.0/24]}
        """
            .formatted(name, set),
        "apply",
        "--server-side",
        "--force-conflicts",
        "-f",
        "-");
  }

  private static String nodeAndState(String name) {
    return "apiVersion: v1\nkind: Node\nmetadata: {name: %s}\n---\n".formatted(name) + state(name);
  }

  private static String state(String name) {
    return """
        apiVersion: hostfirewall.io/v1alpha1
        kind: HostFirewallNodeState
        metadata: {name: %s}
        spec:
          revision: ""
          node: {addresses: [], podCIDRs: [], apiServerPorts: [], controlPlane: false}
        """
        .formatted(name);
  }

  private static String event(String namespace) {
    return """
        apiVersion: v1
        kind: Event
        metadata: {generateName: node-11., namespace: %s}
        involvedObject: {apiVersion: hostfirewall.io/v1alpha1, kind: HostFirewallNodeState, name: node-11}
        reason: Healed
        message: tried
        type: Normal
        """
        .formatted(namespace);
  }
}
