package io.hostfirewall.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.agent.Damage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** A kubeconfig that something happened to is read, or refused with its name and a sentence. */
class KubeConfigTextTest {

  private static final String WHOLE =
      """
      apiVersion: v1
      kind: Config
      current-context: here
      contexts: [{name: here, context: {cluster: c, user: u}}]
      clusters: [{name: c, cluster: {server: 'https://192.0.2.1:6443/'}}]
      users: [{name: u, user: {token: secret}}]
      """;

  private static Path file;

  @BeforeContainer
  static void make() throws IOException {
    file = Files.createTempFile("kubeconfig", "");
  }

  @AfterContainer
  static void remove() throws IOException {
    Files.delete(file);
  }

  @Provide
  Arbitrary<String> damaged() {
    return Damage.of(
        WHOLE,
        "\n",
        "{",
        "}",
        "[",
        "]",
        ": ",
        "- ",
        "&a ",
        "*a",
        "!!binary ",
        "certificate-authority-data: ====, ",
        "client-key: x, client-certificate: y, ",
        "certificate-authority: \u0000, ",
        "https://[::1",
        "%zz",
        "null",
        "exec: 1, ");
  }

  @Property(tries = 1000)
  void it_is_read_or_refused_with_a_sentence(@ForAll("damaged") String text) throws IOException {
    Files.writeString(file, text);
    try {
      assertThat(KubeConfigFile.read(file).server()).isNotNull();
    } catch (ClusterException refused) {
      assertThat(refused).hasMessageContaining(file.toString());
    }
  }
}
