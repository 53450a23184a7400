package io.hostfirewall.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntimeFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The CEL expressions of the example for Flux, in Flux's order, over each phase of a policy. */
class FluxHealthTest {

  private static final Path PHASES =
      Chart.PROJECT.resolve("docs/argocd/hostfirewall.io/HostFirewallPolicy/testdata");

  private static final Path EXAMPLES = Chart.PROJECT.resolve("examples/gitops");

  static final List<Path> FILES = files();

  /** Ready, but not all of it on every node: the example waits where kstatus does not. */
  private static final Set<String> STRICTER =
      Set.of(
          "healthy_node-joined.yaml", "healthy_node-away.yaml", "healthy_services-bypassed.yaml");

  @ParameterizedTest
  @FieldSource("FILES")
  void a_phase_is_read_truthfully(Path file) throws Exception {
    var name = file.getFileName().toString();
    var wanted =
        switch (name.substring(0, name.indexOf('_'))) {
          case "healthy" -> STRICTER.contains(name) ? "InProgress" : "Current";
          case "degraded" -> "Failed";
          default -> "InProgress";
        };

    assertThat(health(object(file))).isEqualTo(wanted);
  }

  @Test
  void policies_of_the_example_are_those_that_are_waited_for() throws IOException {
    var waitedFor = policies().at("/spec/healthChecks/0");
    var policy = Manifest.parse(Files.readString(EXAMPLES.resolve("policies/web-server.yaml")));

    assertThat(waitedFor.path("name")).isEqualTo(policy.at("/metadata/name"));
    assertThat(waitedFor.path("kind")).isEqualTo(policy.path("kind"));
    assertThat(waitedFor.path("apiVersion")).isEqualTo(policy.path("apiVersion"));
  }

  /** Flux asks in this order; when nothing is true it waits and asks again. */
  private static String health(Map<String, Object> object) throws Exception {
    var expressions = policies().at("/spec/healthCheckExprs/0");
    if (holds(expressions.path("inProgress").asText(), object)) {
      return "InProgress";
    }
    if (holds(expressions.path("failed").asText(), object)) {
      return "Failed";
    }
    return holds(expressions.path("current").asText(), object) ? "Current" : "InProgress";
  }

  private static boolean holds(String expression, Map<String, Object> object)
      throws CelValidationException, CelEvaluationException {
    var compiler =
        CelCompilerFactory.standardCelCompilerBuilder()
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addVar("metadata", SimpleType.DYN)
            .addVar("spec", SimpleType.DYN)
            .addVar("status", SimpleType.DYN)
            .build();
    var program =
        CelRuntimeFactory.plannerRuntimeBuilder()
            .build()
            .createProgram(compiler.compile(expression).getAst());
    return Boolean.TRUE.equals(program.eval(object));
  }

  private static JsonNode policies() throws IOException {
    var file = EXAMPLES.resolve("flux/kustomizations.yaml");
    return Manifest.parseAll(Files.readString(file)).getLast().json();
  }

  private static Map<String, Object> object(Path file) throws IOException {
    return new YAMLMapper().readValue(file.toFile(), new TypeReference<Map<String, Object>>() {});
  }

  private static List<Path> files() {
    try (Stream<Path> files = Files.list(PHASES)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
