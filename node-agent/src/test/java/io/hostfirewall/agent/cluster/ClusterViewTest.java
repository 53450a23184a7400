package io.hostfirewall.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hostfirewall.agent.cluster.ClusterView.SeenNode;
import io.hostfirewall.agent.cluster.SeenAgents.Missing;
import io.hostfirewall.agent.cluster.SeenAgents.Pod;
import io.hostfirewall.agent.cluster.SeenAgents.Unseen;
import io.hostfirewall.agent.kernel.Commands;
import io.hostfirewall.api.v1alpha1.NodePhase;
import io.hostfirewall.ruleset.model.Cidr;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What kubectl is asked, and what is made of its answers. */
class ClusterViewTest {

  @TempDir Path folder;
  private ClusterView view;

  @BeforeEach
  void kubectl() throws IOException {
    Files.writeString(
        folder.resolve("run"),
        """
        cd "%s"
        printf '%%s\\n' "$*" >>asked
        cat errors >&2
        cat answer
        exit $(cat exit)
        """
            .formatted(folder));
    Files.writeString(folder.resolve("errors"), "");
    Files.writeString(folder.resolve("exit"), "0");
    view =
        new ClusterView(
            new Kubectl(
                new Commands(List.of("sh", folder.resolve("run").toString())),
                List.of("--context=lab")));
  }

  private void answers(String text) throws IOException {
    Files.writeString(folder.resolve("answer"), text);
  }

  private void refuses(String errors) throws IOException {
    answers("");
    Files.writeString(folder.resolve("errors"), errors);
    Files.writeString(folder.resolve("exit"), "1");
  }

  private String asked() throws IOException {
    return Files.readString(folder.resolve("asked"));
  }

  @Test
  void states_come_as_they_are() throws Exception {
    answers(
        """
        {"items": [
          {"metadata": {"name": "b", "uid": "u", "generation": 3},
           "spec": {"revision": "hfr-2", "node": {"addresses": ["10.0.0.5"], "podCIDRs": [],
             "apiServerPorts": [], "controlPlane": false, "ofTomorrow": 1}},
           "status": {"observedGeneration": 2, "state": "RolledBack", "revision": "hfr-1"}},
          {"metadata": {"name": "a", "uid": "v", "generation": 1}}]}
        """);

    var states = view.nodeStates();

    assertThat(asked())
        .isEqualTo("kubectl get -o json --context=lab -- hostfirewallnodestates.hostfirewall.io\n");
    assertThat(states).containsOnlyKeys("a", "b");
    assertThat(states.get("b").status().state()).isEqualTo(NodePhase.ROLLED_BACK);
    assertThat(states.get("b").generation()).isEqualTo(3);
    assertThat(states.get("a").spec()).isNull();
  }

  @Test
  void the_name_of_a_node_is_never_an_option() throws Exception {
    refuses("Error from server (NotFound): hostfirewallnodestates \"-A\" not found");

    assertThat(view.nodeState("-A")).isEmpty();
    assertThat(asked())
        .isEqualTo(
            "kubectl get -o json --context=lab -- hostfirewallnodestates.hostfirewall.io -A\n");
    assertThatThrownBy(() -> view.labels("--server=https://evil.example"))
        .isInstanceOf(KubectlException.class);
    assertThat(asked()).endsWith(" --context=lab -- nodes --server=https://evil.example\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"--server=https://evil.example", "-A", "hfr-", "hfr-1/../x", "hfr-1 ", "hfr-1\n"})
  void what_does_not_look_like_a_revision_is_not_asked_for(String revision) throws Exception {
    answers("{}");

    assertThatThrownBy(() -> view.revision(revision))
        .hasMessageStartingWith("what the node's HostFirewallNodeState calls a revision is none,");
    assertThat(folder.resolve("asked")).doesNotExist();
  }

  @Test
  void a_revision_is_asked_for_by_its_name() throws Exception {
    answers("{\"spec\": {\"policies\": []}}");

    assertThat(view.revision("hfr-0123456789ab").orElseThrow().policies()).isEmpty();
    assertThat(asked())
        .isEqualTo(
            "kubectl get -o json --context=lab -- hostfirewallrevisions.hostfirewall.io"
                + " hfr-0123456789ab\n");
  }

  @Test
  void policies_are_known_by_revision() throws Exception {
    answers("hfr-1\tbase\tweb\nhfr-2\n");

    assertThat(view.policiesOfRevisions())
        .isEqualTo(Map.of("hfr-1", List.of("base", "web"), "hfr-2", List.of()));
  }

  @Test
  void address_sets_are_put_together_of_their_objects() throws Exception {
    answers(
        """
        {"items": [
          {"metadata": {"name": "one"}, "spec": {"set": "office", "networks": ["192.0.2.0/24"]}},
          {"metadata": {"name": "office"}, "spec": {"networks": ["10.0.0.0/8"]}}]}
        """);

    var sets = view.addressSets();

    assertThat(sets.objects()).containsOnlyKeys("one", "office");
    assertThat(sets.content())
        .isEqualTo(Map.of("office", List.of(Cidr.parse("10.0.0.0/8"), Cidr.parse("192.0.2.0/24"))));
  }

  @Test
  void a_node_is_silent_if_its_kubelet_is_known_to_be() throws Exception {
    answers("a\tlinux\tTrue\nb\tlinux\tUnknown\nc\twindows\tTrue\nd\t\t\n");

    assertThat(view.nodes())
        .contains(
            Map.of(
                "a", new SeenNode(true, false),
                "b", new SeenNode(true, true),
                "c", new SeenNode(false, false),
                "d", new SeenNode(true, false)));
  }

  @Test
  void agents_are_known_by_node() throws Exception {
    answers(
        """
        DaemonSet\t\tns\tagent\t\t
        Pod\ta\tns\tp-1\t\tTrue
        Pod\tb\tns\tp-2\t\tFalse
        Pod\t\tns\tp-3\t\t
        """);

    var agents = view.agents();

    assertThat(asked())
        .startsWith("kubectl get -A -l app.kubernetes.io/name=host-firewall,")
        .endsWith(" --context=lab -- daemonsets,pods\n");
    assertThat(agents.visible()).isTrue();
    assertThat(agents.on("a")).isEqualTo(new Pod("ns", "p-1", true));
    assertThat(agents.on("b")).isEqualTo(new Pod("ns", "p-2", false));
    assertThat(agents.on("c")).isEqualTo(new Missing());
  }

  @Test
  void an_agent_that_is_being_deleted_is_none_and_of_two_the_one_that_is_ready_counts()
      throws Exception {
    answers(
        """
        Pod\ta\tns\tp-1\t2026-01-01T12:00:00Z\tTrue
        Pod\tb\tns\tp-2\t2026-01-01T12:00:00Z\tTrue
        Pod\tb\tns\tp-3\t\tTrue
        Pod\tb\tns\tp-4\t\tFalse
        """);

    var agents = view.agents();

    assertThat(agents.on("a")).isEqualTo(new Missing());
    assertThat(agents.on("b")).isEqualTo(new Pod("ns", "p-3", true));
  }

  @Test
  void a_daemon_set_without_pods_leaves_every_node_without_an_agent() throws Exception {
    answers("DaemonSet\t\tns\tagent\t\t\n");

    assertThat(view.agents().on("a")).isEqualTo(new Missing());
  }

  @Test
  void of_agents_that_somebody_else_runs_nobody_can_tell() throws Exception {
    answers("");

    assertThat(view.agents().visible()).isTrue();
    assertThat(view.agents().on("a")).isEqualTo(new Unseen());
  }

  @Test
  void who_may_not_see_nodes_and_pods_goes_without() throws Exception {
    refuses("Error from server (Forbidden): nodes is forbidden: User \"eve\" cannot list nodes");

    assertThat(view.nodes()).isEmpty();
    assertThat(view.agents().visible()).isFalse();
    assertThat(view.agents().on("a")).isEqualTo(new Unseen());
    assertThatThrownBy(view::nodeStates).isInstanceOf(KubectlException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "error: the server doesn't have a resource type \"hostfirewallnodestates\""
            + " | this cluster has no Host Firewall: it does not know its kinds. Install it, or name"
            + " another cluster with --context",
        "Error from server (Forbidden): hostfirewallnodestates.hostfirewall.io is forbidden: User"
            + " \"eve\" cannot list resource \"hostfirewallnodestates\" in API group"
            + " \"hostfirewall.io\" at the cluster scope"
            + " | User \"eve\" cannot list resource \"hostfirewallnodestates\" in API group"
            + " \"hostfirewall.io\" at the cluster scope. Ask an administrator to bind the"
            + " ClusterRole view to it, which includes that",
        "The connection to the server localhost:8080 was refused - did you specify the right host or"
            + " port? | the cluster cannot be asked, says kubectl: The connection to the server"
            + " localhost:8080 was refused - did you specify the right host or port. Look at"
            + " --kubeconfig, --context and KUBECONFIG",
        "error: context \"nope\" does not exist"
            + " | the cluster cannot be asked, says kubectl: context \"nope\" does not exist. Look"
            + " at --kubeconfig, --context and KUBECONFIG",
        "'' | the cluster cannot be asked, says kubectl: it ended with exit code 1. Look at"
            + " --kubeconfig, --context and KUBECONFIG"
      })
  void a_refusal_is_one_sentence_with_what_to_do(String said, String sentence) throws Exception {
    refuses("E1126 04:00:00 memcache.go:265] an attempt\n" + said + "\n");
    if (said.isEmpty()) {
      refuses("");
    }

    assertThatThrownBy(view::nodeStates).hasMessage(sentence);
  }

  @Test
  void without_kubectl_that_is_said() {
    var nowhere =
        new ClusterView(
            new Kubectl(new Commands(List.of(folder.resolve("none").toString())), List.of()));

    assertThatThrownBy(nowhere::nodeStates)
        .hasMessageStartingWith("cannot run ")
        .hasMessageEndingWith(": is it installed?");
  }
}
