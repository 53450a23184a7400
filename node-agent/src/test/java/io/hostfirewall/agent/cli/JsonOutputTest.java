package io.hostfirewall.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hostfirewall.agent.policyfile.PolicyFiles;
import io.hostfirewall.agent.transaction.Outcome;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What scripts read. */
class JsonOutputTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String POLICY = Path.of("..", "examples", "web-server.yaml").toString();

  @TempDir Path folder;

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static JsonNode json(CommandRun run) throws IOException {
    assertThat(run.err()).isEmpty();
    return JSON.readTree(run.out());
  }

  @Test
  void verify_says_of_each_packet_who_decided() throws IOException {
    var expectations =
        file(
            "expected.yaml",
            """
            expect:
            - {packet: tcp 203.0.113.7 > :80, verdict: Accept, rule: web}
            - {name: telnet, packet: tcp 203.0.113.7 > :23, verdict: Accept}
            """);

    var run = CommandRun.of("verify", "-f", POLICY, expectations.toString(), "-o", "json");

    var report = json(run);
    assertThat(run.exit()).isEqualTo(1);
    assertThat(report.get("passed").asBoolean()).isFalse();
    assertThat(report.get("failed").asInt()).isEqualTo(1);
    assertThat(report.get("lint").isNull()).isTrue();
    assertThat(report.at("/expectations/0/passed").asBoolean()).isTrue();
    assertThat(report.at("/expectations/0/rule").asText()).isEqualTo("web");
    assertThat(report.at("/expectations/1/name").asText()).isEqualTo("telnet");
    assertThat(report.at("/expectations/1/line").asInt()).isEqualTo(3);
    assertThat(report.at("/expectations/1/verdict").asText()).isEqualTo("Deny");
    assertThat(report.at("/expectations/1/field").asText())
        .isEqualTo("spec.defaultActions.ingress");
    assertThat(report.at("/expectations/1/failure").asText()).startsWith("expected Accept, found");
  }

  @Test
  void lint_says_what_has_no_effect_and_where_it_stands() throws IOException {
    var twice =
        file(
            "twice.yaml",
            """
            apiVersion: hostfirewall.io/v1alpha1
            kind: HostFirewallPolicy
            metadata: {name: web}
            spec:
              nodeSelector: {}
              ingress:
              - {name: all, action: Accept}
              - {name: web, action: Accept, ports: [{protocol: TCP, port: 80}]}
            """);

    var report = json(CommandRun.of("verify", "--lint", "-f", twice.toString(), "-o", "json"));

    assertThat(report.get("passed").asBoolean()).isFalse();
    assertThat(report.at("/lint/0/kind").asText()).isEqualTo("Shadowed");
    assertThat(report.at("/lint/0/file").asText()).isEqualTo(twice.toString());
    assertThat(report.at("/lint/0/line").asInt()).isEqualTo(8);
    assertThat(report.at("/lint/0/field").asText()).isEqualTo("spec.ingress[1]");
  }

  @Test
  void import_has_the_policies_that_its_yaml_has_and_all_that_was_found() throws IOException {
    var rules =
        file(
                "rules.v4",
                "*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp --dport 22 -j ACCEPT\n-A INPUT -p tcp"
                    + " --dprot 23 -j ACCEPT\nCOMMIT\n")
            .toString();

    var run = CommandRun.of("import", rules, "-o", "json", "--name", "mine");
    var report = json(run);

    assertThat(run.exit()).isEqualTo(1);
    assertThat(report.at("/policies/0/metadata/name").asText()).isEqualTo("mine");
    assertThat(policies(report.get("policies").get(0).toString()))
        .isEqualTo(policies(CommandRun.of("import", rules, "--name", "mine").out()));
    assertThat(report.get("findings"))
        .anySatisfy(
            found -> {
              assertThat(found.get("kind").asText()).isEqualTo("mistake");
              assertThat(found.get("line").asInt()).isEqualTo(4);
              assertThat(found.get("column").asInt()).isEqualTo(17);
            })
        .anySatisfy(found -> assertThat(found.get("kind").asText()).isEqualTo("carried over"));
  }

  private static List<?> policies(String text) {
    var read =
        PolicyFiles.read(
            List.of("-"), new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    assertThat(read.problems()).isEmpty();
    return read.policies();
  }

  @Test
  void apply_says_how_it_ended() throws IOException {
    var applied = ApplyReport.of(new Outcome.Applied(Duration.ofMillis(120), true), "hfr-1");
    var undone =
        ApplyReport.of(new Outcome.RolledBack(Outcome.Why.WOULD_LOCK_OUT, "a is out"), "hfr-1");

    assertThat(JSON.readTree(OutputOptions.json(applied)))
        .isEqualTo(
            JSON.readTree(
                """
                {"outcome": "Applied", "enforced": true, "revision": "hfr-1", "reason": "",
                 "message": "hfr-1 is enforced, since 120 ms after the start."}
                """));
    assertThat(undone.outcome()).isEqualTo("RolledBack");
    assertThat(undone.enforced()).isFalse();
    assertThat(undone.reason()).isEqualTo("WouldLockOut");
  }
}
