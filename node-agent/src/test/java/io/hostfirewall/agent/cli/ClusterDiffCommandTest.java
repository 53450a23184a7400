package io.hostfirewall.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.agent.cluster.NodeState;
import io.hostfirewall.agent.cluster.SeenAddressSets;
import io.hostfirewall.agent.policyfile.PolicyFiles;
import io.hostfirewall.api.v1alpha1.HostFirewallAddressSetSpec;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateSpec;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateStatus;
import io.hostfirewall.api.v1alpha1.NodeDescription;
import io.hostfirewall.api.v1alpha1.NodePhase;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterDiffCommandTest {

  private static final NodeDescription NODE =
      new NodeDescription(List.of("10.0.0.5"), List.of(), 10250, List.of(), false);

  private static final SeenAddressSets SETS =
      sets(Map.of("office", object(null, "203.0.113.0/24")));

  private static SeenAddressSets sets(Map<String, HostFirewallAddressSetSpec> objects) {
    return new SeenAddressSets(objects);
  }

  private static HostFirewallAddressSetSpec object(@Nullable String set, String... networks) {
    return new HostFirewallAddressSetSpec(set, List.of(networks));
  }

  private static final String SSH =
      "{name: ssh, action: Accept, ports: [{protocol: TCP, port: 22}]}";
  private static final String WEB =
      "{name: web, action: Accept, ports: [{protocol: TCP, port: 80}]}";
  private static final String OFFICE =
      "{name: office, action: Accept, from: [{addressSet: office}], ports: [{protocol: TCP, port:"
          + " 443}]}";

  @TempDir Path folder;

  private static String policy(String name, String selector, String rule) {
    return """
        apiVersion: hostfirewall.io/v1alpha1
        kind: HostFirewallPolicy
        metadata: {name: %s}
        spec: {nodeSelector: %s, ingress: [%s]}
        ---
        """
        .formatted(name, selector, rule);
  }

  private static String set(String networks) {
    return set("office", "office", networks);
  }

  private static String set(String name, String set, String networks) {
    return """
        apiVersion: hostfirewall.io/v1alpha1
        kind: HostFirewallAddressSet
        metadata: {name: %s}
        spec: {set: %s, networks: [%s]}
        ---
        """
        .formatted(name, set, networks);
  }

  private PolicyFiles open(String yaml) throws IOException {
    var file = Files.createTempFile(folder, "policies", ".yaml");
    Files.writeString(file, yaml);
    return PolicyFiles.open(List.of(file.toString()), InputStream.nullInputStream());
  }

  private List<RevisionPolicy> read(PolicyFiles files) {
    return PolicyOptions.policies(files.inCluster(SETS.content().keySet()));
  }

  private DiffReport diff(String cluster, String files) throws IOException {
    return diff(SETS, cluster, files);
  }

  private DiffReport diff(SeenAddressSets sets, String cluster, String files) throws IOException {
    var policies = cluster.isEmpty() ? List.<RevisionPolicy>of() : read(open(cluster));
    var revision = policies.isEmpty() ? "" : "hfr-1";
    var told =
        new ToldNode(
            "node-1",
            new NodeState(
                "u",
                1,
                new HostFirewallNodeStateSpec(revision, NODE),
                new HostFirewallNodeStateStatus(
                    1L, NodePhase.APPLIED, revision, null, null, null, null, null, null, null)),
            NODE,
            policies,
            sets.content());
    var written = open(files);
    written.addBeside(sets.objects());
    return ClusterDiffCommand.report(
        told, written, read(written), Map.of("role", "web"), "policies");
  }

  @Test
  void a_policy_of_the_same_name_is_replaced_and_others_stay() throws IOException {
    var report = diff(policy("a", "{}", SSH) + policy("b", "{}", OFFICE), policy("a", "{}", WEB));

    assertThat(report.before()).isEqualTo("node-1, hfr-1");
    assertThat(report.summary())
        .containsExactlyInAnyOrder(
            "opens tcp/80 to anyone (was closed)", "closes tcp/22 to anyone (was open)");
    assertThat(report.remarks()).isEmpty();
  }

  @Test
  void the_same_policy_changes_nothing() throws IOException {
    var policies = policy("a", "{}", SSH) + policy("b", "{}", OFFICE);

    assertThat(diff(policies, policies).differs()).isFalse();
  }

  @Test
  void a_policy_that_does_not_select_the_node_goes_from_it() throws IOException {
    var report =
        diff(
            policy("a", "{}", SSH) + policy("b", "{}", WEB),
            policy("a", "{matchLabels: {role: db}}", SSH));

    assertThat(report.summary()).containsExactly("closes tcp/22 to anyone (was open)");
    assertThat(report.remarks()).containsExactly("policy a does not select node-1");
  }

  @Test
  void a_policy_that_selects_the_node_by_its_labels_comes() throws IOException {
    var report = diff(policy("a", "{}", SSH), policy("b", "{matchLabels: {role: web}}", WEB));

    assertThat(report.summary()).containsExactly("opens tcp/80 to anyone (was closed)");
  }

  @Test
  void the_first_policy_closes_an_open_node() throws IOException {
    var report = diff("", policy("a", "{}", SSH));

    assertThat(report.before()).isEqualTo("node-1");
    assertThat(report.differs()).isTrue();
    assertThat(report.summary()).anyMatch(sentence -> sentence.startsWith("closes "));
    assertThat(report.remarks()).containsExactly("no policy selects node-1");
  }

  @Test
  void an_address_set_of_the_files_is_compared_with_the_clusters_by_what_it_holds()
      throws IOException {
    var policy = policy("a", "{}", OFFICE);

    assertThat(diff(policy, policy + set("203.0.113.0/24")).differs()).isFalse();
    assertThat(diff(policy, policy("b", "{}", WEB) + set("198.51.100.0/24")).summary())
        .containsExactlyInAnyOrder(
            "opens tcp/80 to anyone (was closed)",
            "opens tcp/443 to 198.51.100.0/24 (was closed)",
            "closes tcp/443 to 203.0.113.0/24 (was open)");
  }

  @Test
  void an_object_replaces_the_one_of_its_name_and_the_others_of_its_set_stay() throws IOException {
    var policy = policy("a", "{}", OFFICE);
    var parts =
        sets(
            Map.of(
                "one", object("office", "198.51.100.0/24", "203.0.113.0/24"),
                "two", object("office", "203.0.113.0/24", "192.0.2.0/24"),
                "office", object(null, "10.0.0.0/8")));

    var same = set("two", "office", "192.0.2.0/24, 203.0.113.0/24");
    assertThat(diff(parts, policy, policy + same).differs()).isFalse();
    assertThat(diff(parts, policy, policy + set("two", "office", "203.0.113.0/24")).summary())
        .containsExactly("closes tcp/443 to 192.0.2.0/24 (was open)");
    assertThat(diff(parts, policy, policy + set("three", "office", "172.16.0.0/12")).summary())
        .containsExactly("opens tcp/443 to 172.16.0.0/12 (was closed)");
  }

  @Test
  void an_object_that_moves_to_another_set_is_missed_in_the_first() throws IOException {
    var policy = policy("a", "{}", OFFICE);
    var parts =
        sets(
            Map.of(
                "one",
                object("office", "198.51.100.0/24"),
                "two",
                object("office", "192.0.2.0/24")));

    assertThat(diff(parts, policy, policy + set("two", "home", "192.0.2.0/24")).summary())
        .containsExactly("closes tcp/443 to 192.0.2.0/24 (was open)");
  }
}
