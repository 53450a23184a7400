package io.hostfirewall.agent.policyfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.hostfirewall.agent.Damage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Files that people wrote, or a machine did: each is read, or refused with sentences. */
class ForeignYamlTest {

  private static final String POLICY =
      """
      apiVersion: hostfirewall.io/v1alpha1
      kind: HostFirewallPolicy
      metadata: {name: web}
      spec:
        nodeSelector: {matchLabels: {a: b}}
        ingress:
        - name: ssh
          action: Accept
          from: [{networks: [10.0.0.0/8], except: [10.1.0.0/16]}]
          ports: [{protocol: TCP, port: 22}]
          rateLimit: {limit: 1, unit: Minute, burst: 10}
        - {name: ping, action: Accept, icmp: [{type: EchoRequest}]}
      """;

  private static final List<String> PIECES =
      List.of(
          "\n",
          "  ",
          "- ",
          ": ",
          "{",
          "}",
          "[",
          "]",
          ", ",
          "&a ",
          "*a",
          "<<: *a",
          "? ",
          "| \n",
          "> \n",
          "!!binary ",
          "!!map ",
          "!x ",
          "---\n",
          "...\n",
          "\"",
          "'",
          "#",
          "%YAML 1.1\n",
          "null",
          "~",
          "true",
          "Off",
          "0x10",
          "1_000",
          "1e9",
          ".inf",
          "-1",
          "99999999999",
          "2001:db8::/32",
          "0.0.0.0/0",
          "\t",
          "é",
          "\u0000",
          "spec",
          "name",
          "ports",
          "{[]: x}",
          "? [a]\n: b\n");

  private static PolicyFiles.Read read(String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    return PolicyFiles.read(List.of("-"), new ByteArrayInputStream(bytes));
  }

  private static final String EXPECTATIONS =
      """
      cluster:
        nodes:
        - {name: a, addresses: [192.0.2.1, "2001:db8::1"], labels: {a: b}, podCIDRs: [10.42.1.0/24]}
      node: a
      expect:
      - {packet: "tcp 203.0.113.7 > :22", verdict: Accept, rule: ssh, policy: web}
      - packet: icmp echo-request 203.0.113.7
        verdict: Deny
      """;

  private static ExpectationFile.Read expectations(String text) throws IOException {
    var file = Files.createTempFile("expectations", ".yaml");
    try {
      Files.writeString(file, text);
      return ExpectationFile.read(List.of(file.toString()), "eth0");
    } finally {
      Files.delete(file);
    }
  }

  @Provide
  Arbitrary<String> damaged() {
    return Damage.of(POLICY, PIECES.toArray(String[]::new));
  }

  @Provide
  Arbitrary<String> damagedExpectations() {
    return Damage.of(EXPECTATIONS, PIECES.toArray(String[]::new));
  }

  @Provide
  Arbitrary<String> noise() {
    return Arbitraries.of(PIECES).list().ofMaxSize(30).map(pieces -> String.join("", pieces));
  }

  @Example
  void what_is_damaged_was_whole() throws IOException {
    assertThat(read(POLICY).problems()).isEmpty();
    assertThat(read(POLICY).policies()).hasSize(1);
    assertThat(expectations(EXPECTATIONS).problems()).isEmpty();
    assertThat(expectations(EXPECTATIONS).expectations()).hasSize(2);
  }

  @Property(tries = 2000)
  void a_damaged_policy_is_read_or_refused(@ForAll("damaged") String text) {
    var read = read(text);

    assertThat(read.policies().isEmpty() && read.problems().isEmpty()).isFalse();
    assertThat(read.problems()).allMatch(problem -> !problem.message().isBlank());
  }

  @Property(tries = 1000)
  void damaged_expectations_are_read_or_refused(@ForAll("damagedExpectations") String text)
      throws IOException {
    var read = expectations(text);

    assertThat(read.expectations().isEmpty() && read.problems().isEmpty()).isFalse();
    assertThat(read.problems()).allMatch(problem -> !problem.message().isBlank());
  }

  @Property(tries = 500)
  void noise_is_refused(@ForAll("noise") String text) {
    assertThat(read(text).problems()).isNotEmpty();
  }

  @Example
  void what_grows_when_it_is_read_is_refused_soon() {
    var laughs = new StringBuilder("a: &a [x,x,x,x,x,x,x,x,x]\n");
    for (var c = 'b'; c < 'l'; c++) {
      laughs.append(c).append(": &").append(c).append(" [");
      laughs.append(("*" + (char) (c - 1) + ",").repeat(9)).append("x]\n");
    }
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          assertThat(read(laughs.toString()).problems()).isNotEmpty();
          assertThat(read("[".repeat(100_000)).problems()).isNotEmpty();
          assertThat(read("a: &a [*a]\n").problems()).isNotEmpty();
          assertThat(read("a: " + "x".repeat(YamlText.MAX_BYTES)).problems()).isNotEmpty();
          assertThat(read("- ".repeat(100_000)).problems()).isNotEmpty();
          assertThat(read("---\n".repeat(100_000)).problems()).isNotEmpty();
        });
  }
}
