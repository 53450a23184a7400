package io.hostfirewall.agent.policyfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file of some kilobytes must not become gigabytes when it is read. */
class AliasesTest {

  private static final String HEAD =
      """
      apiVersion: hostfirewall.io/v1alpha1
      kind: HostFirewallPolicy
      metadata: {name: web}
      """;

  private static final Duration SOON = Duration.ofSeconds(20);

  private static List<String> problems(String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    return assertTimeoutPreemptively(
            SOON, () -> PolicyFiles.read(List.of("-"), new ByteArrayInputStream(bytes)))
        .problems()
        .stream()
        .map(FileProblem::toString)
        .toList();
  }

  private static String times(int count, String text) {
    return String.join(", ", Collections.nCopies(count, text));
  }

  private static String networks(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "10.%d.%d.%d/32".formatted(i >> 16, i >> 8 & 255, i & 255))
        .collect(Collectors.joining(", "));
  }

  /** Rules that are the same one, of peers that are the same one. */
  private static String nested(int rules, int peers, int networks) {
    return HEAD
        + "spec:\n  nodeSelector: {}\n  ingress:\n"
        + "  - &r {name: ssh, action: Accept, from: [&p {networks: [%s]}, %s]}\n"
            .formatted(networks(networks), times(peers - 1, "*p"))
        + "  - *r\n".repeat(rules - 1);
  }

  @Test
  void rules_of_peers_of_networks_are_refused_before_they_are_read() {
    var text = nested(40, 10, 5_000);

    assertThat(text).hasSizeLessThan(100_000);
    assertThat(problems(text))
        .containsExactly(
            "-:7:5: is too large to stand wherever *r and others do. Write fewer of them, or one"
                + " address set.");
  }

  @Test
  void networks_that_are_lists_of_each_other_are_refused() {
    var text = new StringBuilder(HEAD + "spec:\n  nodeSelector: {}\n  ingress:\n  - from:\n");
    text.append("    - {networks: &a [10.0.0.0/8]}\n");
    for (var c = 'b'; c < 'j'; c++) {
      text.append("    - {networks: &%c [%s]}\n".formatted(c, times(6, "*" + (char) (c - 1))));
    }

    assertThat(problems(text.toString())).singleElement().asString().contains(" is too large ");
  }

  @Test
  void fields_that_are_taken_over_from_each_other_are_refused() {
    var text = new StringBuilder(HEAD + "spec:\n  a0: &a0 {priority: 1}\n");
    for (var i = 1; i < 17; i++) {
      var taken = times(3, "*a" + (i - 1));
      text.append("  a%d: &a%d {<<: [%s]}\n".formatted(i, i, taken));
    }

    assertThat(problems(text.toString())).singleElement().asString().contains(" is too large ");
  }

  @Test
  void a_long_text_that_would_stand_in_each_of_many_sentences_is_refused() {
    var text =
        HEAD
            + "spec:\n  ingress:\n  - from:\n    - networks: [&t %s, %s]\n"
                .formatted("x".repeat(100_000), times(200, "*t"));

    assertThat(problems(text))
        .containsExactly(
            "-:7:18: is too large to stand wherever *t and others do. Write fewer of them, or one"
                + " address set.");
  }

  @Test
  void what_is_in_itself_further_down_is_refused() {
    assertThat(problems(HEAD + "spec:\n  ingress: &r\n  - {name: a, from: [{networks: *r}]}\n"))
        .containsExactly("-:5:12: contains itself. Write out what *r stands for.");
  }

  @Test
  void all_documents_of_a_file_are_counted_together() {
    var half = nested(20, 5, 5_000);

    assertThat(problems(half)).isNotEmpty().noneMatch(problem -> problem.contains("too large"));
    assertThat(problems(half + "---\n" + half))
        .anyMatch(problem -> problem.contains("is too large to stand wherever *r"));
  }

  @Test
  void a_hundred_thousand_networks_are_named_four_times(@TempDir Path folder) throws IOException {
    var file = folder.resolve("e.yaml");
    Files.writeString(
        file,
        """
        cluster:
          nodes: [{name: a, podCIDRs: &n [%s]}]
          podCIDRs: *n
          apiServers: *n
          addressSets: [{name: o, networks: *n}, {name: p, networks: *n}]
        node: a
        expect: [{packet: tcp 203.0.113.7 > :22, verdict: Deny}]
        """
            .formatted(networks(100_000)));

    var read = ExpectationFile.read(List.of(file.toString()), "eth0");

    assertThat(read.problems()).isEmpty();
    assertThat(read.expectations()).hasSize(1);
  }
}
