package io.hostfirewall.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiffCommandTest {

  private static final String HEAD =
      """
      apiVersion: hostfirewall.io/v1alpha1
      kind: HostFirewallPolicy
      metadata: {name: p}
      spec:
        nodeSelector: {}
      """;

  @TempDir Path folder;

  private String file(String name, String rules) throws IOException {
    var file = folder.resolve(name);
    Files.writeString(file, HEAD + rules);
    return file.toString();
  }

  private int exit;

  private String diff(String before, String after, String... options) throws IOException {
    var out = new StringWriter();
    var arguments =
        new ArrayList<>(
            List.of("diff", "-f", file("new.yaml", after), "--against", file("old.yaml", before)));
    arguments.addAll(List.of(options));
    exit =
        CommandLineProgram.commandLine()
            .setOut(new PrintWriter(out))
            .execute(arguments.toArray(String[]::new));
    return out.toString();
  }

  private List<String> words(String before, String after) throws IOException {
    var json = new ObjectMapper().readTree(diff(before, after, "-o", "json"));
    var words = new ArrayList<String>();
    json.get("summary").forEach(word -> words.add(word.asText()));
    return words;
  }

  private static String ssh(String more) {
    return "  ingress: [{name: ssh, action: Accept, ports: [{protocol: TCP, port: 22}]%s}]\n"
        .formatted(more);
  }

  @Test
  void the_same_policies_change_nothing() throws IOException {
    assertThat(diff(ssh(""), ssh(""))).isEqualToIgnoringNewLines("Nothing would change.");
    assertThat(exit).isZero();
  }

  @Test
  void a_rule_more_is_shown_with_its_place_and_its_policy() throws IOException {
    var diff = diff("", ssh(", from: [{networks: [10.0.0.0/8]}]"));

    assertThat(exit).isEqualTo(1);
    assertThat(diff.lines())
        .contains("@@ ipv4 filter HFW-RULES @@")
        .anyMatch(
            line ->
                line.startsWith("+   1  -p tcp -m tcp --dport 22 ")
                    && line.contains("\"p/ssh\"")
                    && line.endsWith("  # 10.0.0.0/8"))
        .contains("  opens tcp/22 to 10.0.0.0/8 (was closed)")
        .noneMatch(line -> line.startsWith("@@ ipv6"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | '' | opens tcp/22 to anyone (was closed) | closes tcp/22 to anyone (was open)",
        "'' | ', rateLimit: {limit: 1, unit: Minute, burst: 5}'"
            + " | opens tcp/22 to any IPv6 address, limited to 1/min, burst 5, of each /64 (was closed)"
            + " | closes tcp/22 to any IPv4 address (was limited to 1/min, burst 5, of each /32)",
        "'' | ', from: [{networks: [10.0.0.0/8], except: [10.1.0.0/16]}, {networks: [\"fd00::/8\"]}]'"
            + " | opens tcp/22 to fd00::/8 (was closed) | closes tcp/22 to fd00::/8 (was open)"
      })
  void what_opens_and_closes_is_said(String none, String rule, String opens, String closes)
      throws IOException {
    assertThat(words(none, ssh(rule))).anyMatch(word -> word.startsWith(opens));
    assertThat(words(ssh(rule), none)).anyMatch(word -> word.startsWith(closes));
  }

  @Test
  void limits_that_come_and_go_are_said() throws IOException {
    var limited = ssh(", rateLimit: {limit: 1, unit: Minute, burst: 5}");

    assertThat(words(ssh(""), limited))
        .containsExactly(
            "limits tcp/22 for any IPv4 address to 1/min, burst 5, of each /32 (was open)",
            "limits tcp/22 for any IPv6 address to 1/min, burst 5, of each /64 (was open)");
    assertThat(words(limited, ssh("")))
        .first()
        .asString()
        .startsWith("no longer limits tcp/22 for");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | ', connectionLimit: {perSource: 5}'"
            + " | limits tcp/22 for any IPv4 address to 5 connections at once of each /32 (was open)",
        "', connectionLimit: {perSource: 5}' | ''"
            + " | no longer limits tcp/22 for any IPv6 address (was limited to 5 connections at once of each /64)",
        "', connectionLimit: {perSource: 1}' | ', connectionLimit: {perSource: 2}'"
            + " | limits tcp/22 for any IPv4 address to 2 connections at once of each /32"
            + " (was limited to 1 connection at once of each /32)",
        "', rateLimit: {limit: 1, unit: Minute, burst: 5}'"
            + " | ', rateLimit: {limit: 1, unit: Minute, burst: 5, exceeded: Reject}'"
            + " | limits tcp/22 for any IPv4 address to 1/min, burst 5, of each /32, the rest rejected"
            + " (was limited to 1/min, burst 5, of each /32)",
        "', rateLimit: {limit: 1, unit: Minute, burst: 5}'"
            + " | ', rateLimit: {limit: 1, unit: Minute, burst: 5}, connectionLimit: {perSource: 3}'"
            + " | limits tcp/22 for any IPv4 address to 1/min, burst 5, of each /32"
            + " and 3 connections at once of each /32 (was limited to 1/min, burst 5, of each /32)"
      })
  void another_limit_is_said(String before, String after, String sentence) throws IOException {
    assertThat(words(ssh(before), ssh(after))).contains(sentence);
  }

  @Test
  void another_default_is_said() throws IOException {
    assertThat(words(ssh(""), ssh("") + "  defaultActions: {ingress: Reject, forward: Accept}\n"))
        .anyMatch(word -> word.startsWith("rejects everything but tcp"))
        .anyMatch(word -> word.equals("rejects tcp/all but 22 from anyone (was closed)"))
        .anyMatch(word -> word.equals("forwarded: opens everything to anyone (was closed)"));
  }

  @Test
  void order_without_effect_changes_rules_but_no_connection() throws IOException {
    var one = "{name: a, action: Accept, ports: [{protocol: TCP, port: 1}]}";
    var two = "{name: b, action: Accept, ports: [{protocol: TCP, port: 2}]}";

    var diff =
        diff(
            "  ingress: [%s, %s]\n".formatted(one, two),
            "  ingress: [%s, %s]\n".formatted(two, one));
    assertThat(exit).isEqualTo(1);
    assertThat(diff).contains("\n-   1  ", "\n+   2  ", "  changes nothing.");
  }

  @Test
  void protections_that_come_and_go_are_said() throws IOException {
    assertThat(words("", "  protections: {newNotSyn: Disabled}\n"))
        .containsExactly("ends protections.newNotSyn");
  }
}
