package io.hostfirewall.operator.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartialSettingsTest {

  @TempDir private Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("agent.yaml"), text);
  }

  private static Optional<DaemonSet> running() throws SettingsException {
    var settings =
        AgentSettingsFile.read(
            "agent.yaml",
            "{name: other, image: a/b:old, serviceAccountName: other, stateFolder: /srv/state,"
                + " boot: {enabled: true}}");
    return Optional.of(new AgentDaemonSets(settings, "ns").agent(new OwnerReference()));
  }

  @Test
  void keys_that_hold_are_taken_and_the_others_named() throws IOException {
    var partial =
        PartialSettings.read(
            file(
                """
                image: a/b:1
                privileged: false
                trialSeconds: soon
                tolerations: [{kee: a}]
                backend: firewalld
                """),
            Optional.empty());

    assertThat(partial.imageKnown()).isTrue();
    assertThat(partial.settings().image()).isEqualTo("a/b:1");
    assertThat(partial.settings().privileged()).isFalse();
    assertThat(partial.settings().trialSeconds()).isEqualTo(30);
    assertThat(partial.settings().tolerations()).hasSize(1);
    assertThat(partial.problems())
        .satisfiesExactly(
            problem -> assertThat(problem).contains("trialSeconds: "),
            problem -> assertThat(problem).contains("tolerations[0].kee: unknown key."),
            problem -> assertThat(problem).contains("backend: "));
  }

  @Test
  void what_runs_stands_for_what_does_not_hold() throws Exception {
    for (var text : new String[] {"image: [", "imagee: a/b:1", "stateFolder: state", "- a"}) {
      var partial = PartialSettings.read(file(text), running());

      assertThat(partial.imageKnown()).as(text).isTrue();
      assertThat(partial.settings().name()).as(text).isEqualTo("other");
      assertThat(partial.settings().image()).as(text).isEqualTo("a/b:old");
      assertThat(partial.settings().serviceAccountName()).as(text).isEqualTo("other");
      assertThat(partial.settings().stateFolder()).as(text).isEqualTo("/srv/state");
      assertThat(partial.settings().boot().enabled()).as(text).isTrue();
      assertThat(partial.problems()).as(text).isNotEmpty();
    }
  }

  @Test
  void without_agents_and_without_an_image_nothing_can_run() {
    var partial = PartialSettings.read(folder.resolve("nowhere"), Optional.empty());

    assertThat(partial.imageKnown()).isFalse();
    assertThat(partial.settings().name()).isEqualTo("hostfirewall-agent");
    assertThat(partial.problems())
        .singleElement()
        .asString()
        .contains("nowhere does not exist. Mount");
  }
}
