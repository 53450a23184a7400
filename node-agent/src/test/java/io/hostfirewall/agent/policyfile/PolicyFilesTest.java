package io.hostfirewall.agent.policyfile;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.api.v1alpha1.Action;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyFilesTest {

  private static final String GOOD =
      """
      apiVersion: hostfirewall.io/v1alpha1
      kind: HostFirewallPolicy
      metadata:
        name: web
      spec:
        nodeSelector: {}
        ingress:
        - name: ssh
          action: Accept
          from:
          - networks: [10.0.0.0/8]
          ports:
          - {protocol: TCP, port: 22}
          rateLimit: {limit: 1, unit: Minute, burst: 1}
      """;

  private static PolicyFiles.Read read(String text) {
    return PolicyFiles.read(
        List.of("-"), new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<String> problems(String text) {
    return read(text).problems().stream().map(Object::toString).toList();
  }

  @Test
  void a_policy_reads_as_it_is_written() {
    var read = read(GOOD);

    assertThat(read.problems()).isEmpty();
    var policy = read.policies().getFirst();
    assertThat(policy.name()).isEqualTo("web");
    var rule = policy.spec().ingress().getFirst();
    assertThat(rule.action()).isEqualTo(Action.ACCEPT);
    assertThat(rule.from().getFirst().networks()).containsExactly("10.0.0.0/8");
    assertThat(rule.rateLimit().burst()).isEqualTo(1);
  }

  private static final String BY_NAME =
      GOOD.replace("- networks: [10.0.0.0/8]", "- addressSet: office");

  private static String addressSet(String name, String spec) {
    return """
        ---
        apiVersion: hostfirewall.io/v1alpha1
        kind: HostFirewallAddressSet
        metadata: {name: %s}
        spec: {%s}
        """
        .formatted(name, spec);
  }

  @Test
  void networks_take_the_place_of_the_name_of_their_address_set() {
    var read =
        read(
            BY_NAME
                + addressSet("office", "networks: [10.0.0.0/8]")
                + addressSet("second", "set: office, networks: [\"fd00::/8\"]")
                + addressSet("web", "networks: []"));

    assertThat(read.problems()).isEmpty();
    var from = read.policies().getFirst().spec().ingress().getFirst().from().getFirst();
    assertThat(from.networks()).containsExactly("10.0.0.0/8", "fd00::/8");
    assertThat(from.addressSet()).isNull();
  }

  @Test
  void an_address_set_that_nobody_wrote_is_shown_where_it_is_named() {
    assertThat(problems(BY_NAME + addressSet("offices", "networks: [10.0.0.0/8]")))
        .containsExactly(
            "-:11:19: spec.ingress[0].from[0].addressSet: there is no address set \"office\". Did you"
                + " mean \"offices\"?");
    assertThat(problems(BY_NAME))
        .containsExactly(
            "-:11:19: spec.ingress[0].from[0].addressSet: there is no address set \"office\". Create a"
                + " HostFirewallAddressSet of that name, or correct the name.");
  }

  @Test
  void nodes_are_refused_where_there_is_no_cluster_with_what_to_write_instead() {
    assertThat(problems(GOOD.replace("networks: [10.0.0.0/8]", "nodes: {matchLabels: {a: b}}")))
        .containsExactly(
            "-:11:14: spec.ingress[0].from[0].nodes: there is no cluster here whose nodes could be"
                + " looked up. Write their addresses as networks, or as a HostFirewallAddressSet and"
                + " its name as addressSet.");
  }

  @Test
  void an_address_set_is_checked_as_strictly_as_a_policy() {
    assertThat(problems(BY_NAME + addressSet("office", "networks: [10.0.0.1/8]")))
        .singleElement()
        .asString()
        .startsWith("-:19:19: spec.networks[0]: \"10.0.0.1/8\" has host bits.");
    assertThat(problems(BY_NAME + addressSet("office", "network: [10.0.0.0/8]")))
        .first()
        .asString()
        .startsWith("-:19:8: spec.network: unknown field. Did you mean \"networks\"?");
    var twice = addressSet("office", "networks: []");
    assertThat(problems(BY_NAME + twice + twice))
        .containsExactly(
            "-:23:18: metadata.name: \"office\" is the name of another address set in -.");
  }

  @Test
  void a_misspelt_field_is_shown_with_its_line_and_the_word_that_was_meant() {
    assertThat(problems(GOOD.replace("burst: 1", "brust: 1")))
        .containsExactly(
            "-:14:41: spec.ingress[0].rateLimit.brust: unknown field. Did you mean \"burst\"?");
  }

  @Test
  void a_value_of_a_list_is_shown_in_its_own_line() {
    assertThat(problems(GOOD.replace("10.0.0.0/8", "10.0.0.1/8")))
        .containsExactly(
            "-:11:18: spec.ingress[0].from[0].networks[0]: \"10.0.0.1/8\" has host bits. Write"
                + " \"10.0.0.0/8\", or \"10.0.0.1/32\" for the one address.");
  }

  @Test
  void what_is_missing_is_shown_where_it_should_be() {
    assertThat(problems(GOOD.replace("    action: Accept\n", "")))
        .singleElement()
        .asString()
        .startsWith("-:8:5: spec.ingress[0].action: ");
    assertThat(problems(GOOD.replace("  nodeSelector: {}\n", "")))
        .singleElement()
        .asString()
        .startsWith("-:6:3: spec.nodeSelector: ");
  }

  @Test
  void a_value_of_the_wrong_kind_is_refused() {
    assertThat(problems(GOOD.replace("port: 22", "port: ssh")))
        .containsExactly(
            "-:13:29: spec.ingress[0].ports[0].port: \"ssh\" is not a whole number. Write the"
                + " number of the port, such as 22.");
    assertThat(problems(GOOD.replace("action: Accept", "action: accept")))
        .containsExactly(
            "-:9:13: spec.ingress[0].action: \"accept\" is none of Accept, Deny, Reject. Did you mean"
                + " \"Accept\"?");
    assertThat(problems(GOOD.replace("[10.0.0.0/8]", "10.0.0.0/8")))
        .containsExactly(
            "-:11:17: spec.ingress[0].from[0].networks: must be a list. Write [10.0.0.0/8].");
    assertThat(problems(GOOD.replace("name: ssh", "name: 22")))
        .containsExactly(
            "-:8:11: spec.ingress[0].name: must be text. Write \"22\" with its quotes.");
  }

  @Test
  void every_problem_of_every_document_is_told() {
    var broken = GOOD.replace("burst:", "brust:").replace("port: 22", "prot: 22");

    assertThat(problems(broken + "---\n" + broken.replace("name: web", "name: other")))
        .hasSize(4)
        .last()
        .asString()
        .startsWith("-:29:41: spec.ingress[0].rateLimit.brust");
  }

  @Test
  void two_policies_of_one_name_are_refused() {
    assertThat(problems(GOOD + "---\n" + GOOD))
        .containsExactly("-:19:9: metadata.name: \"web\" is the name of another policy in -.");
  }

  @Test
  void what_is_no_yaml_and_what_is_no_policy_are_refused() {
    assertThat(problems("spec: ["))
        .singleElement()
        .asString()
        .isEqualTo(
            "-:1:8: is not YAML: a bracket before this is not closed. Write the closing one.");
    assertThat(problems("")).containsExactly("-: no HostFirewallPolicy is in it.");
    assertThat(problems(GOOD.replace("HostFirewallPolicy", "HostFirewallPolicies")))
        .containsExactly(
            "-:2:7: kind: \"HostFirewallPolicies\" is not HostFirewallPolicy or"
                + " HostFirewallAddressSet.");
    assertThat(problems(GOOD.replace("burst: 1}", "burst: 1, burst: 2}")))
        .containsExactly(
            "-:14:51: spec.ingress[0].rateLimit.burst: stands twice, first in line 14."
                + " Delete one of the two.");
  }

  @Test
  void fields_are_taken_over_as_kubectl_does() {
    var taken =
        GOOD
            + """
                - name: web
                  action: Accept
                  <<: &limited {rateLimit: {limit: 1, unit: Second, burst: 5}}
                - {name: dns, action: Accept, <<: [*limited, {action: Deny, interfaces: [eth0]}]}
              """;

    var read = read(taken);

    assertThat(read.problems()).isEmpty();
    var rules = read.policies().getFirst().spec().ingress();
    assertThat(rules).extracting(rule -> rule.rateLimit().burst()).containsExactly(1, 5, 5);
    assertThat(rules.get(2).action()).isEqualTo(Action.ACCEPT);
    assertThat(rules.get(2).interfaces()).containsExactly("eth0");
  }

  @Test
  void empty_documents_are_none_and_comments_too() {
    assertThat(problems("---\n# first\n---\n" + GOOD + "---\n...\n")).isEmpty();
    assertThat(problems("# nothing yet\n")).containsExactly("-: no HostFirewallPolicy is in it.");
  }

  @Test
  void what_is_not_utf_8_is_refused_where_it_begins() {
    var windows = GOOD.replace("web", "caf\u00e9").getBytes(StandardCharsets.ISO_8859_1);
    var utf16 = GOOD.getBytes(StandardCharsets.UTF_16);

    assertThat(PolicyFiles.read(List.of("-"), new ByteArrayInputStream(windows)).problems())
        .extracting(Object::toString)
        .containsExactly("-:4:12: is not UTF-8. Save the file as UTF-8 text.");
    assertThat(PolicyFiles.read(List.of("-"), new ByteArrayInputStream(utf16)).problems())
        .extracting(Object::toString)
        .containsExactly("-:1:1: is not UTF-8. Save the file as UTF-8 text.");
  }

  @Test
  void a_file_from_windows_reads_the_same() {
    assertThat(problems("\ufeff" + GOOD.replace("\n", "\r\n"))).isEmpty();
  }

  @Test
  void files_of_expectations_are_for_verify() {
    assertThat(problems("expect: []\n"))
        .containsExactly("-:1:1: holds expectations for verify. Name the file without -f.");
  }

  @Test
  void an_address_set_may_be_longer_than_three_megabytes() {
    var networks = new StringBuilder("networks: [");
    for (var i = 0; i < 9_999; i++) {
      networks.append("10.%d.%d.0/24,".formatted(i / 256, i % 256)).append(" ".repeat(330));
    }
    var set = addressSet("office", networks.append("\"fd00::/8\"]").toString());

    assertThat(set).hasSizeGreaterThan(3 << 20);
    assertThat(problems(BY_NAME + set)).isEmpty();
  }

  @Test
  void a_folder_is_read_file_by_file(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("b.yaml"), GOOD);
    Files.writeString(folder.resolve("a.yml"), GOOD.replace("name: web", "name: first"));
    Files.writeString(folder.resolve("notes.txt"), "not for us");

    var read = PolicyFiles.read(List.of(folder.toString()), new ByteArrayInputStream(new byte[0]));

    assertThat(read.problems()).isEmpty();
    assertThat(read.policies()).extracting("name").containsExactly("first", "web");
  }

  @Test
  void a_file_that_is_not_there_is_said() {
    assertThat(
            PolicyFiles.read(List.of("/nowhere.yaml"), new ByteArrayInputStream(new byte[0]))
                .problems())
        .extracting(Object::toString)
        .containsExactly("/nowhere.yaml: does not exist.");
  }
}
