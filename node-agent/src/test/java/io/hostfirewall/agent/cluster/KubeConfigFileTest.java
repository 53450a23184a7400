package io.hostfirewall.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KubeConfigFileTest {

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("config");
  }

  private Access read(String cluster, String user) throws IOException, ClusterException {
    Files.writeString(
        file,
        """
        current-context: here
        contexts: [{name: other, context: {}}, {name: here, context: {cluster: c, user: u}}]
        clusters: [{name: c, cluster: {%s}}]
        users: [{name: u, user: {%s}}]
        """
            .formatted(cluster, user));
    return Access.find(Map.of("KUBECONFIG", file.toString()));
  }

  @Test
  void the_current_context_counts() throws IOException, ClusterException {
    var access = read("server: 'https://192.0.2.1:6443/'", "token: secret");
    assertThat(access.server()).hasToString("https://192.0.2.1:6443");
    assertThat(access.token().get()).contains("secret");
  }

  @Test
  void a_token_in_a_file_is_read_when_it_is_needed() throws IOException, ClusterException {
    var access = read("server: 'https://192.0.2.1'", "tokenFile: token");
    assertThat(access.token().get()).isEmpty();
    Files.writeString(folder.resolve("token"), "first\n");
    assertThat(access.token().get()).contains("first");
    Files.writeString(folder.resolve("token"), "second\n");
    assertThat(access.token().get()).contains("second");
  }

  @ParameterizedTest
  @CsvSource({
    "exec, 'exec: {command: aws}'",
    "username, 'username: me'",
    "as, 'as: system:admin'",
    "auth-provider, 'auth-provider: {}'"
  })
  void what_is_not_supported_is_refused(String field, String user) {
    assertThatThrownBy(() -> read("server: 'https://192.0.2.1'", user))
        .isInstanceOf(ClusterException.class)
        .hasMessage(
            "%s: %s is not supported. Use a token or a client certificate, and certificate-authority",
            file, field);
  }

  @Test
  void a_server_that_nobody_vouches_for_is_refused() {
    assertThatThrownBy(
            () -> read("server: 'https://192.0.2.1', insecure-skip-tls-verify: true", "token: x"))
        .hasMessageContaining("insecure-skip-tls-verify is not supported");
  }

  @Test
  void a_file_that_says_nothing_is_refused() throws IOException {
    assertThatThrownBy(() -> read("{}", "token: x")).isInstanceOf(ClusterException.class);
    assertThatThrownBy(() -> Access.find(Map.of("KUBECONFIG", folder + "/none")))
        .hasMessage("KUBECONFIG names " + folder + "/none, which does not exist");
    Files.writeString(file, "just words");
    assertThatThrownBy(() -> KubeConfigFile.read(file))
        .hasMessage(file + ": it is no kubeconfig file");
    Files.writeString(file, "users: !!binary {name: u}");
    assertThatThrownBy(() -> KubeConfigFile.read(file)).hasMessage(file + ": it is no YAML");
  }

  @Test
  void outside_of_a_pod_a_file_is_needed() {
    assertThatThrownBy(() -> Access.find(Map.of()))
        .hasMessage(
            "there is no API server to be found: this is no pod, and KUBECONFIG names no file");
  }
}
