package io.hostfirewall.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What each values file changes in the rendering is what a person read when it was committed. The
 * default rendering itself is committed as the plain manifests.
 */
class GoldenTest {

  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final int CONTEXT = 2;

  static List<Path> valuesFiles() throws IOException {
    return Chart.valuesFiles();
  }

  @ParameterizedTest
  @MethodSource("valuesFiles")
  void a_values_file_changes_what_is_committed(Path values) throws IOException {
    var changes = changes(values);
    var golden = golden(values);
    if (Boolean.getBoolean("manifests.write")) {
      Files.createDirectories(GOLDEN);
      Files.writeString(golden, changes);
    }

    assertThat(changes)
        .as("if this is meant, run `make manifests` and read what it changes in " + golden)
        .isEqualTo(Files.readString(golden));
  }

  @Test
  void there_is_nothing_committed_without_a_values_file() throws IOException {
    try (var goldens = Files.list(GOLDEN)) {
      assertThat(goldens)
          .containsExactlyInAnyOrderElementsOf(
              valuesFiles().stream().map(GoldenTest::golden).toList());
    }
  }

  private static Path golden(Path values) {
    return GOLDEN.resolve(values.getFileName().toString().replace("-values.yaml", ".diff"));
  }

  private static String changes(Path values) {
    var defaults = lines(chart -> chart);
    var patch = DiffUtils.diff(defaults, lines(chart -> chart.withValuesFile(values)));
    return UnifiedDiffUtils.generateUnifiedDiff("default", "rendered", defaults, patch, CONTEXT)
        .stream()
        .map(line -> line.startsWith("@@") ? "@@" : line.stripTrailing()) // numbers only make noise
        .collect(Collectors.joining("\n", "", "\n"));
  }

  /** Without the schemas of the CRDs, which another test looks at. */
  private static List<String> lines(UnaryOperator<TemplateCommand> options) {
    return Chart.render(options)
        .replaceAll("(?ms)^spec:\n  group: hostfirewall.io$.*?(?=^---$)", "")
        .lines()
        .toList();
  }
}
