package io.hostfirewall.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class VerifyCommandTest {

  private static final Path EXAMPLES = Path.of("..", "examples");
  private static final Path EXPECTATIONS = EXAMPLES.resolve("expectations");
  private static final String WEB_SERVER = EXAMPLES.resolve("web-server.yaml").toString();

  @TempDir Path folder;

  private CommandRun verify(String expectations, String... options) {
    var file = folder.resolve("expected.yaml");
    try {
      Files.writeString(file, expectations);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var arguments = new ArrayList<>(List.of("verify", "-f", WEB_SERVER, file.toString()));
    arguments.addAll(List.of(options));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  static Stream<String> examples() throws IOException {
    try (var files = Files.list(EXPECTATIONS)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void each_example_does_what_is_expected_of_it(String example) {
    var run =
        CommandRun.of(
            "verify",
            "-f",
            EXAMPLES.resolve(example).toString(),
            EXPECTATIONS.resolve(example).toString());

    assertThat(run.exit()).as("%s%s", run.out(), run.err()).isZero();
  }

  @Test
  void what_is_not_as_expected_is_shown_and_ends_with_1() {
    var run =
        verify(
            """
            expect:
            - {packet: tcp 203.0.113.7 > :80, verdict: Accept, rule: web}
            - {packet: tcp 203.0.113.7 > :22, verdict: Accept}
            - {name: ping, packet: icmp echo-request 203.0.113.7, verdict: Accept, rule: web}
            """);

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out().lines())
        .satisfiesExactly(
            line -> assertThat(line).endsWith("expected.yaml"),
            line ->
                assertThat(line)
                    .startsWith("  ok      2  tcp 203.0.113.7 > :80")
                    .endsWith("Accept by web-server/web, spec.ingress[2].action"),
            line ->
                assertThat(line)
                    .startsWith("  FAIL    3  tcp 203.0.113.7 > :22")
                    .endsWith(
                        "expected Accept, found Deny by web-server, spec.defaultActions.ingress"),
            line ->
                assertThat(line)
                    .startsWith("  FAIL    4  ping ")
                    .endsWith(
                        "expected Accept by rule web, found Accept by web-server/ping,"
                            + " spec.ingress[1].action"),
            line -> assertThat(line).isEqualTo("3 expectations, 2 failed"));
  }

  @Test
  void the_report_is_xml_that_ci_systems_read() throws Exception {
    var report = folder.resolve("report.xml");
    var run =
        verify(
            """
            expect:
            - {name: '"a" & <b>', packet: tcp 203.0.113.7 > :80, verdict: Deny}
            - {packet: tcp 203.0.113.7 > :22, verdict: Deny}
            """,
            "--report",
            report.toString());

    assertThat(run.exit()).isEqualTo(1);
    var root =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(report.toFile())
            .getDocumentElement();
    assertThat(root.getAttribute("tests")).isEqualTo("2");
    assertThat(root.getAttribute("failures")).isEqualTo("1");
    var cases = root.getElementsByTagName("testcase");
    assertThat(cases.item(0).getAttributes().getNamedItem("name").getNodeValue())
        .isEqualTo("\"a\" & <b>");
    assertThat(root.getElementsByTagName("failure").item(0).getParentNode())
        .isEqualTo(cases.item(0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "expect: [{packet: tcp 203.0.113.7 > :22, verdit: Deny}] | :1:42: expect[0].verdit: unknown"
            + " field. Did you mean \"verdict\"?",
        "expect: [{packet: tcp 203.0.113.7 > :22, verdict: deny}] | :1:51: expect[0].verdict:"
            + " \"deny\" is none of Accept, Deny, Reject. Did you mean \"Deny\"?",
        "expect: [{packet: tpc 203.0.113.7 > :22, verdict: Deny}] | :1:19: expect[0].packet:"
            + " \"tpc\" is no protocol. Did you mean \"tcp\"?",
        "expect: [{packet: 'tcp 203.0.113.7 > :22 ni eth0', verdict: Deny}] | :1:42:"
            + " expect[0].packet: \"ni\" is no option",
        "expect: [{packet: tcp 203.0.113.7 > :22}] | expect[0].verdict: is required.",
        "expect: [{verdict: Deny}] | expect[0].packet: is required.",
        "expectations: [] | :1:1: expectations: unknown field. ",
        "expect: {} | expect: must be a list.",
        "'expect: [' | is not YAML",
        "'' | nothing is expected in it."
      })
  void a_mistake_is_named_with_file_line_column_and_remedy(String text, String problem) {
    var run = verify(text);

    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).startsWith(folder.toString()).contains(problem);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void lint_names_what_has_no_effect_with_its_place() throws IOException {
    var file = folder.resolve("dead.yaml");
    Files.writeString(
        file,
        """
        apiVersion: hostfirewall.io/v1alpha1
        kind: HostFirewallPolicy
        metadata: {name: web}
        spec:
          nodeSelector: {}
          ingress:
          - {name: all, action: Accept, ports: [{protocol: TCP, port: 1, endPort: 1024}]}
          - {name: web, action: Accept, ports: [{protocol: TCP, port: 80}]}
        """);
    var report = folder.resolve("report.xml");

    var run =
        CommandRun.of("verify", "--lint", "-f", file.toString(), "--report", report.toString());

    assertThat(run.exit()).as(run.err()).isEqualTo(1);
    assertThat(run.out().lines())
        .containsExactly(
            file
                + ":8:5: spec.ingress[1]: rule \"web\" decides nothing: web/all comes first and"
                + " decides all of its packets. Put it before it, or delete it.",
            "1 rule has no effect");
    assertThat(report).content().contains("<failure message=\"rule &quot;web&quot; decides");
    assertThat(CommandRun.of("verify", "-f", file.toString()).exit()).isEqualTo(2);
  }

  @Test
  void the_examples_have_no_rule_without_effect() {
    var run = CommandRun.of("verify", "--lint", "-f", WEB_SERVER);

    assertThat(run.exit()).as(run.out()).isZero();
  }

  @Test
  void a_word_that_is_mistyped_is_named_with_the_nearest_one() {
    assertThat(CommandRun.of("verfy").err())
        .startsWith(
            "hostfirewall: \"verfy\" is no command or argument of hostfirewall. Did you mean")
        .contains("\"verify\"?");
    assertThat(CommandRun.of("verify", "-f", WEB_SERVER, "--lnt").err())
        .startsWith("hostfirewall: \"--lnt\" is no option of hostfirewall verify.")
        .contains("Did you mean \"--lint\"?");
  }

  @Test
  void a_report_that_cannot_be_written_is_wrong_usage() {
    var run = CommandRun.of("verify", "--lint", "-f", WEB_SERVER, "--report", "/dev/null/report");

    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains("--report: /dev/null/report cannot be written.");
  }

  @Test
  void explain_ends_with_the_verdict() {
    assertThat(CommandRun.of("explain", "-f", WEB_SERVER, "tcp 203.0.113.7 > :80").exit()).isZero();
    assertThat(CommandRun.of("explain", "-f", WEB_SERVER, "tcp 203.0.113.7 to :22").exit())
        .isEqualTo(1);

    var mistake = CommandRun.of("explain", "-f", WEB_SERVER, "tcp", "203.0.113.7", "in", "eth0");
    assertThat(mistake.exit()).isEqualTo(2);
    assertThat(mistake.err()).contains("in quotes so that the shell").contains("^");
  }
}
