package io.hostfirewall.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class GeneratedFilesTest {

  private static final Path MANIFESTS = Chart.PROJECT.resolve("manifests");
  private static final Path CRDS = Chart.PROJECT.resolve("crds/generated");
  private static final Path CHARTS_CRDS = Chart.FOLDER.resolve("files/crds");

  /** What the operator's own test reads. */
  private static final Path AGENTS = Path.of("src/test/resources/agents");

  private static final Path ARGO = Chart.PROJECT.resolve("docs/argocd");
  private static final Path ARGO_CONFIG = ARGO.resolve("argocd-cm.yaml");
  private static final Path README = Chart.FOLDER.resolve("README.md");
  private static final String BEFORE_VALUES = "Made from `values.yaml`.\n\n";
  private static final String STALE = "run `make manifests` and commit what it writes";

  @BeforeAll
  static void write_if_asked() throws IOException {
    if (Boolean.getBoolean("manifests.write")) {
      replace(CHARTS_CRDS, contents(CRDS));
      replace(MANIFESTS, PlainManifests.fromChart());
      replace(AGENTS, agentConfigurations());
      Files.writeString(ARGO_CONFIG, argoConfig());
      Files.writeString(README, readme());
    }
  }

  @Test
  void the_chart_has_the_crds_of_the_records() throws IOException {
    assertThat(contents(CHARTS_CRDS)).as(STALE).isEqualTo(contents(CRDS));
  }

  @Test
  void plain_manifests_are_what_the_chart_renders() throws IOException {
    assertThat(contents(MANIFESTS)).as(STALE).isEqualTo(PlainManifests.fromChart());
  }

  @Test
  void the_operators_test_reads_what_the_chart_gives_it() throws IOException {
    assertThat(contents(AGENTS)).as(STALE).isEqualTo(agentConfigurations());
  }

  @Test
  void the_health_script_stands_in_the_patch_for_argo_cd() throws IOException {
    assertThat(Files.readString(ARGO_CONFIG)).as(STALE).isEqualTo(argoConfig());
  }

  @Test
  void the_charts_readme_has_its_values() throws IOException {
    assertThat(Files.readString(README)).as(STALE).isEqualTo(readme());
  }

  /** What is written by hand, up to the table. */
  private static String readme() throws IOException {
    var text = Files.readString(README);
    assertThat(text).containsOnlyOnce(BEFORE_VALUES);
    return text.substring(0, text.indexOf(BEFORE_VALUES))
        + BEFORE_VALUES
        + ValuesTable.of(Chart.FOLDER.resolve("values.yaml"));
  }

  private static Map<String, String> agentConfigurations() throws IOException {
    var files = new TreeMap<String, String>();
    for (var values : Chart.valuesFiles()) {
      var file =
          Chart.objects(chart -> chart.withValuesFile(values)).stream()
              .filter(object -> object.kind().equals("ConfigMap"))
              .map(object -> object.text("/data/agent.yaml"))
              .collect(Collectors.joining());
      files.put(values.getFileName().toString().replace("-values", ""), file);
    }
    return files;
  }

  private static String argoConfig() throws IOException {
    var script = ARGO.resolve("hostfirewall.io/HostFirewallPolicy/health.lua");
    return """
        # Made from hostfirewall.io/HostFirewallPolicy/health.lua by `make manifests`.
        data:
          resource.customizations.health.hostfirewall.io_HostFirewallPolicy: |
        """
        + Files.readString(script).replaceAll("(?m)^(?=.)", "    ");
  }

  private static Map<String, String> contents(Path folder) throws IOException {
    var contents = new TreeMap<String, String>();
    if (Files.isDirectory(folder)) {
      try (var files = Files.newDirectoryStream(folder)) {
        for (var file : files) {
          contents.put(file.getFileName().toString(), Files.readString(file));
        }
      }
    }
    return contents;
  }

  private static void replace(Path folder, Map<String, String> contents) throws IOException {
    Files.createDirectories(folder);
    for (var stale : contents(folder).keySet()) {
      Files.delete(folder.resolve(stale));
    }
    for (var file : contents.entrySet()) {
      Files.writeString(folder.resolve(file.getKey()), file.getValue());
    }
  }
}
