package io.hostfirewall.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Expectations about a node of a cluster, and policies that select by labels. */
class ClusterExpectationsTest {

  private static final String POLICIES =
      """
      apiVersion: hostfirewall.io/v1alpha1
      kind: HostFirewallPolicy
      metadata: {name: all}
      spec:
        nodeSelector: {}
        ingress:
        - {name: backups, action: Accept, from: [{nodes: {matchLabels: {role: backup}}}], ports: [{protocol: TCP, port: 22}]}
        - {name: no-pods, action: Deny, from: [{addressSet: cluster-pods}], ports: [{protocol: TCP, port: 22}]}
        - {name: offices, action: Accept, from: [{addressSet: offices}], ports: [{protocol: TCP, port: 22}]}
      ---
      apiVersion: hostfirewall.io/v1alpha1
      kind: HostFirewallPolicy
      metadata: {name: web}
      spec:
        nodeSelector: {matchExpressions: [{key: role, operator: In, values: [web]}]}
        trustNodes: false
        ingress:
        - {name: http, action: Accept, ports: [{protocol: TCP, port: 80}]}
      """;

  private static final String CLUSTER =
      """
      cluster:
        nodes:
        - {name: api-1, addresses: [10.0.0.1, 'fd00::1'], labels: {node-role.kubernetes.io/control-plane: ''}, apiServerPort: 6443}
        - {name: web-1, addresses: [10.0.0.11, 'fd00::11'], labels: {role: web}, podCIDRs: [10.42.1.0/24]}
        - {name: backup-1, addresses: [10.0.0.21, 'fd00::21'], labels: {role: backup}, podCIDRs: [10.42.2.0/24]}
        podCIDRs: ['fd00:42::/48']
        routedPods: true
        addressSets: [{name: offices, networks: [198.51.100.0/24, '2001:db8:100::/48']}]
      node: web-1
      """;

  @TempDir Path folder;

  private CommandRun verify(String policies, String expectations, String... options) {
    var arguments =
        new ArrayList<>(
            List.of(
                "verify", "-f", write("policies.yaml", policies), write("e.yaml", expectations)));
    arguments.addAll(List.of(options));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private String write(String name, String text) {
    try {
      return Files.writeString(folder.resolve(name), text).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // nodes by their labels, and address sets that only the cluster has
        "tcp 10.0.0.21 > :22              | Accept by all/backups, spec.ingress[0].action",
        "tcp fd00::21 > :22               | Accept by all/backups, spec.ingress[0].action",
        "tcp 198.51.100.7 > :22           | Accept by all/offices, spec.ingress[2].action",
        "tcp 203.0.113.7 > :22            | Deny by spec.defaultActions.ingress",
        // pods of others come by the uplink, and the rule that names them stops them
        "tcp 10.42.2.9 > :22              | Deny by all/no-pods, spec.ingress[1].action",
        "tcp 10.42.2.9 > :8080            | Accept by (built-in) cluster traffic",
        "tcp fd00:42:0:9::1 > :8080       | Accept by (built-in) cluster traffic",
        "tcp 10.42.1.9 > 203.0.113.9:443 in cni0 out eth0 | Accept by (built-in) pod interface",
        // trustNodes: false of the policy that selects this node by its label
        "tcp 10.0.0.1 > :9999             | Deny by spec.defaultActions.ingress",
        "tcp 10.0.0.1 > :10250            | Accept by (built-in) kubelet",
        "tcp 203.0.113.7 > :80            | Accept by web/http, spec.ingress[0].action",
        // nobody else has the node's own address
        "tcp 10.0.0.11 > :80 in eth0      | Deny by spec.protections.spoofedSource",
      })
  void a_packet_meets_the_node_as_the_cluster_would_tell_it(String packet, String decision) {
    var run = verify(POLICIES, CLUSTER + "expect: [{packet: '" + packet + "', verdict: Accept}]");

    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains(decision);
  }

  @Test
  void each_expectation_may_name_another_node() {
    var run =
        verify(
            POLICIES,
            CLUSTER
                + """
                expect:
                - {packet: tcp 203.0.113.7 > :80, verdict: Accept, rule: http}
                - {node: backup-1, packet: tcp 203.0.113.7 > :80, verdict: Deny}
                - {node: backup-1, packet: tcp 10.0.0.1 > :9999, verdict: Accept}
                - {node: api-1, packet: tcp 203.0.113.7 > :6443, verdict: Accept}
                - {packet: tcp 203.0.113.7 > :6443, verdict: Deny}
                """);

    assertThat(run.exit()).as("%s%s", run.out(), run.err()).isZero();
    assertThat(run.out()).contains("Accept by (built-in) API server");
  }

  @Test
  void documents_with_and_without_a_cluster_stand_in_one_file() {
    var alone =
        """
        apiVersion: hostfirewall.io/v1alpha1
        kind: HostFirewallPolicy
        metadata: {name: p}
        spec: {nodeSelector: {matchLabels: {role: web}}}
        """;
    var expectations =
        """
        expect: [{packet: tcp 10.0.0.21 > :22, verdict: Deny}]
        ---
        """
            + CLUSTER
            + "expect: [{packet: tcp 10.0.0.21 > :22, verdict: Accept}]";

    var run = verify(alone, expectations);

    assertThat(run.exit()).as("%s%s", run.out(), run.err()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "cluster: {nodes: [{name: a}]} | expect[0].node: is required. Write which node",
        "cluster: {nodes: [{name: web-1}]};node: web-2 | :2:7: node: \"web-2\" is none of the"
            + " cluster's nodes. Did you mean \"web-1\"?",
        "node: a | :1:7: node: is one of a cluster. Write cluster:",
        "cluster: {};node: a | cluster.nodes: is required.",
        "cluster: {nodes: [{name: a}, {name: a}]};node: a | cluster.nodes[1].name: is the name of"
            + " two nodes.",
        "cluster: {nodes: [{name: a, addresses: [10.0.0.300]}]};node: a |"
            + " :1:41: cluster.nodes[0].addresses[0]: \"10.0.0.300\"",
        "cluster: {nodes: [{name: a, podCIDRs: [10.0.0.1/8]}]};node: a |"
            + " cluster.nodes[0].podCIDRs[0]: \"10.0.0.1/8\" has host bits.",
        "cluster: {nodes: [{name: a, apiServerPort: 70000}]};node: a |"
            + " :1:44: cluster.nodes[0].apiServerPort: must be from 1 to 65535, not 70000.",
        "cluster: {nodes: [{name: a, kubeletPort: 0}]};node: a |"
            + " :1:42: cluster.nodes[0].kubeletPort: must be from 1 to 65535, not 0.",
        "cluster: {nodes: [{name: a, kubeletPort: 65536}]};node: a |"
            + " cluster.nodes[0].kubeletPort: must be from 1 to 65535, not 65536.",
        "cluster: {nodes: [{name: a}], addressSets: [{networks: []}]};node: a |"
            + " cluster.addressSets[0].name: is required.",
        "cluster: {nodes: [{name: a}], nods: []};node: a | cluster.nods: unknown field. Did you"
            + " mean \"nodes\"?",
      })
  void a_mistake_is_named_with_file_line_column_and_remedy(String head, String problem) {
    var run =
        verify(
            POLICIES,
            head.replace(';', '\n') + "\nexpect: [{packet: tcp 203.0.113.7 > :22, verdict: Deny}]");

    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).startsWith(folder.toString()).contains(problem);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void what_the_policies_name_and_nobody_has_is_refused() {
    var expect = "expect: [{packet: tcp 203.0.113.7 > :22, verdict: Deny}]";
    var withoutSet = CLUSTER.replace("name: offices", "name: others");

    assertThat(verify(POLICIES, withoutSet + expect).err())
        .contains("spec.ingress[2].from[0].addressSet: there is no address set \"offices\".");
    assertThat(verify(POLICIES, expect).err())
        .contains("spec.ingress[0].from[0].nodes: there is no cluster here");
    var onlyWeb = POLICIES.substring(POLICIES.indexOf("---") + 4);
    assertThat(verify(onlyWeb, CLUSTER.replace("role: web", "role: wbe") + expect).err())
        .contains("e.yaml:10: no policy selects the node \"web-1\".");
  }

  @Test
  void an_address_set_stands_in_the_policies_or_in_the_cluster() {
    var set =
        """
        ---
        apiVersion: hostfirewall.io/v1alpha1
        kind: HostFirewallAddressSet
        metadata: {name: offices}
        spec: {networks: [192.0.2.0/24]}
        """;
    var run =
        verify(
            POLICIES + set, CLUSTER + "expect: [{packet: tcp 203.0.113.7 > :22, verdict: Deny}]");

    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err())
        .contains("the address set \"offices\" stands in the policies' files, too.");
  }

  @Test
  void lint_takes_policies_that_only_a_cluster_can_know() {
    var dead =
        "  - {name: dead, action: Accept, from: [{nodes: {}}], ports: [{protocol: TCP, port: 80}]}\n";
    var file = write("dead.yaml", POLICIES + dead);

    var run = CommandRun.of("verify", "--lint", "-f", file);

    assertThat(run.err()).contains("there is no address set \"offices\"");
    var known =
        verify(
            POLICIES + dead,
            CLUSTER + "expect: [{packet: tcp 203.0.113.7 > :22, verdict: Deny}]",
            "--lint");
    assertThat(known.exit()).isEqualTo(1);
    assertThat(known.out())
        .contains("rule \"dead\" decides nothing but for a cluster's own nodes and pods");
  }

  @ParameterizedTest
  @CsvSource({
    "role=web,                             web",
    "'role=web,zone=a',                    web",
    "node-role.kubernetes.io/control-plane, api",
    "node-role.kubernetes.io/control-plane=, api",
  })
  void labels_pick_the_policies_of_a_node(String labels, String picked) {
    var file =
        write(
            "two.yaml",
            selecting("web", "role: web")
                + "---\n"
                + selecting("api", "node-role.kubernetes.io/control-plane: ''"));
    var other = picked.equals("web") ? "api" : "web";

    var render = CommandRun.of("render", "-f", file, "--labels", labels);
    assertThat(render.exit()).as(render.err()).isZero();
    assertThat(render.out()).contains(picked + "/only").doesNotContain(other + "/only");
    assertThat(CommandRun.of("render", "-f", file).out()).contains("web/only", "api/only");
    assertThat(
            CommandRun.of(
                    "explain",
                    "-f",
                    file,
                    "--labels",
                    labels,
                    "tcp 203.0.113.7 > :" + (picked.equals("web") ? 80 : 443))
                .exit())
        .isZero();
    assertThat(CommandRun.of("diff", "-f", file, "--against", file, "--labels", labels).exit())
        .isZero();
    assertThat(
            CommandRun.of(
                    "verify",
                    "-f",
                    file,
                    "--labels",
                    labels,
                    write(
                        "e.yaml",
                        "expect: [{packet: tcp 203.0.113.7 > :80, verdict: %s}]"
                            .formatted(picked.equals("web") ? "Accept" : "Deny")))
                .exit())
        .isZero();
  }

  @Test
  void labels_that_no_policy_selects_are_a_mistake() {
    var run =
        CommandRun.of(
            "render",
            "-f",
            write("web.yaml", selecting("web", "role: web")),
            "--labels",
            "role=db");

    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains("--labels: no policy selects a node with these labels.");
  }

  private static String selecting(String name, String labels) {
    return """
        apiVersion: hostfirewall.io/v1alpha1
        kind: HostFirewallPolicy
        metadata: {name: %s}
        spec:
          nodeSelector: {matchLabels: {%s}}
          ingress: [{name: only, action: Accept, ports: [{protocol: TCP, port: %d}]}]
        """
        .formatted(name, labels, name.equals("web") ? 80 : 443);
  }
}
