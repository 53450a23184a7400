package io.hostfirewall.operator.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the chart gives the operator is read without a complaint, and what the operator makes of it
 * is what a person, and the scanners of {@code make lint-chart}, have looked at.
 */
class ChartTest {

  private static final Path CONFIGURATIONS = Path.of("../helm/src/test/resources/agents");
  private static final Path DAEMON_SETS = Path.of("src/test/resources/daemonsets");
  private static final KubernetesSerialization YAML = new KubernetesSerialization();

  static List<Path> configurations() throws IOException {
    try (var files = Files.list(CONFIGURATIONS)) {
      return files.sorted().toList();
    }
  }

  static List<String> lookedAt() {
    return List.of(
        "default.yaml",
        "unprivileged.yaml",
        "unprivileged-legacy.yaml",
        "everything.yaml",
        "hardened.yaml");
  }

  @ParameterizedTest
  @MethodSource("configurations")
  void the_charts_configuration_is_read(Path file) throws SettingsException {
    assertThat(AgentSettingsFile.read(file).image()).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("lookedAt")
  void the_daemon_set_is_as_committed(String name) throws SettingsException, IOException {
    var settings = AgentSettingsFile.read(CONFIGURATIONS.resolve(name));
    var owner = new OwnerReferenceBuilder().withName("hostfirewall-operator").build();
    var daemonSet = new AgentDaemonSets(settings, "hostfirewall-system").agent(owner);
    daemonSet.getMetadata().setOwnerReferences(null); // scanners do not know the cluster
    var yaml = YAML.asYaml(daemonSet);
    if (Boolean.getBoolean("manifests.write")) {
      Files.createDirectories(DAEMON_SETS);
      Files.writeString(DAEMON_SETS.resolve(name), yaml);
    }

    assertThat(yaml)
        .as("if the change is meant, run `make manifests` and read what it changes")
        .isEqualTo(Files.readString(DAEMON_SETS.resolve(name)));
  }
}
