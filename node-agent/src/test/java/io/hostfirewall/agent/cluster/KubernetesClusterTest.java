package io.hostfirewall.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an agent asks of an API server, and makes of the answers. */
class KubernetesClusterTest {

  @TempDir private Path folder;
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private HttpServer http;
  private KubernetesCluster cluster;
  private volatile int code = 200;
  private volatile String answer = "{}";

  @BeforeEach
  void start() throws Exception {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.createContext("/", this::answer);
    http.start();
    var file = folder.resolve("config");
    Files.writeString(
        file,
        """
        current-context: here
        contexts: [{name: here, context: {cluster: c, user: u}}]
        clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
        users: [{name: u, user: {token: secret}}]
        """
            .formatted(http.getAddress().getPort()));
    cluster = KubernetesCluster.find("node-11", Map.of("KUBECONFIG", file.toString()), () -> {});
  }

  @AfterEach
  void stop() {
    cluster.close();
    http.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      asked.add(
          "%s %s %s %s"
              .formatted(
                  exchange.getRequestMethod(),
                  exchange.getRequestURI(),
                  exchange.getRequestHeaders().getFirst("Authorization"),
                  body));
      exchange.sendResponseHeaders(code, 0);
      exchange.getResponseBody().write(answer.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static String revision(String more) {
    return """
        {"spec": {"policies": [{"name": "web", "uid": "u", "generation": 1,
          "spec": {"nodeSelector": {}, "ingress": [{"name": "web", "action": "Accept"%s}]}}]}}
        """
        .formatted(more);
  }

  @Test
  void a_revision_is_read_as_who_the_token_says() throws ClusterException {
    answer = revision("");

    assertThat(cluster.revision("hfr-1").policies())
        .singleElement()
        .satisfies(policy -> assertThat(policy.name()).isEqualTo("web"));
    assertThat(asked)
        .containsExactly(
            "GET /apis/hostfirewall.io/v1alpha1/hostfirewallrevisions/hfr-1 Bearer secret ");
  }

  @Test
  void a_field_that_nobody_here_knows_may_narrow_a_rule() {
    answer = revision(", \"onlyAtNight\": true");

    assertThatThrownBy(() -> cluster.revision("hfr-1"))
        .isInstanceOf(ClusterException.class)
        .hasMessage(
            "revision hfr-1 cannot be read: this version of hostfirewall does not know the field"
                + " policies[0].spec.ingress[0].onlyAtNight. Upgrade it");
  }

  @Test
  void what_the_api_server_refuses_is_said_in_its_words() {
    code = 404;
    answer = "{\"kind\": \"Status\", \"message\": \"revisions \\\"hfr-1\\\" not found\"}";

    assertThatThrownBy(() -> cluster.revision("hfr-1"))
        .hasMessage("revision hfr-1 cannot be read: revisions \"hfr-1\" not found");
    assertThatThrownBy(() -> cluster.event("DriftHealed", "x".repeat(5000)))
        .hasMessageStartingWith("the event cannot be written: ");
    assertThat(asked.getLast())
        .startsWith("POST /api/v1/namespaces/default/events Bearer secret ")
        .contains("\"message\":\"" + "x".repeat(1000) + "\"");
  }
}
