package io.hostfirewall.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.hostfirewall.api.v1alpha1.HostFirewallAddressSetSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a watch makes of what an API server answers, however strange. */
class WatchTest {

  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private static final String SETS = "/sets?";

  /** One answer of the server; a watch of it stays open unless it ends. */
  private sealed interface Answer {
    record Whole(int code, String body) implements Answer {}

    record Events(List<String> lines, boolean ends) implements Answer {}
  }

  private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private HttpServer http;
  private ApiServer server;
  private Watch<HostFirewallAddressSetSpec, Void> watch;

  @BeforeEach
  void start() throws Exception {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.createContext("/", this::answer);
    http.start();
    var uri = URI.create("http://127.0.0.1:" + http.getAddress().getPort());
    server = new ApiServer(new Access(uri, SSLContext.getDefault(), Optional::empty), JSON);
    watch =
        new Watch<>(
            server,
            JSON,
            SETS,
            HostFirewallAddressSetSpec.class,
            Void.class,
            new Watch.Patience(Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMillis(500)),
            objects -> seen.add(text(objects)));
  }

  @AfterEach
  void stop() {
    watch.close();
    server.close();
    http.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    asked.add(exchange.getRequestURI().getQuery());
    try (exchange) {
      switch (answers.take()) {
        case Answer.Whole(var code, var body) -> {
          exchange.sendResponseHeaders(code, 0);
          exchange.getResponseBody().write(body.getBytes(StandardCharsets.UTF_8));
        }
        case Answer.Events(var lines, var ends) -> {
          exchange.sendResponseHeaders(200, 0);
          for (var line : lines) {
            exchange.getResponseBody().write((line + "\n").getBytes(StandardCharsets.UTF_8));
          }
          exchange.getResponseBody().flush();
          if (!ends) {
            answers.put(answers.take()); // until the test has something else to say
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String text(Collection<ApiObject<HostFirewallAddressSetSpec, Void>> objects) {
    return objects.stream()
        .map(object -> object.metadata().name() + object.spec().networks())
        .sorted()
        .collect(Collectors.joining(" "));
  }

  private static String object(String name, String network, int version) {
    return "{\"metadata\":{\"name\":\"%s\",\"uid\":\"u\",\"resourceVersion\":\"%d\"},\"spec\":{\"networks\":[\"%s\"]}}"
        .formatted(name, version, network);
  }

  private static Answer list(int version, String more, String... objects) {
    return new Answer.Whole(
        200,
        "{\"metadata\":{\"resourceVersion\":\"%d\",\"continue\":\"%s\"},\"items\":[%s]}"
            .formatted(version, more, String.join(",", objects)));
  }

  private static String event(String type, String object) {
    return "{\"type\":\"%s\",\"object\":%s}".formatted(type, object);
  }

  private static Answer events(boolean ends, String... lines) {
    return new Answer.Events(List.of(lines), ends);
  }

  private void answers(Answer... next) {
    answers.addAll(List.of(next));
    watch.start();
  }

  private void awaitSeen(String... states) {
    await().untilAsserted(() -> assertThat(seen).endsWith(states));
  }

  private static String from(int version) {
    return "&watch=true&allowWatchBookmarks=true&timeoutSeconds=300&resourceVersion=" + version;
  }

  @Test
  void it_lists_page_by_page_and_follows_from_there() {
    answers(
        list(7, "more", object("a", "192.0.2.1/32", 3)),
        list(7, "", object("b", "192.0.2.2/32", 4)),
        events(
            true,
            event("MODIFIED", object("a", "192.0.2.9/32", 8)),
            event("DELETED", object("b", "192.0.2.2/32", 9)),
            event("BOOKMARK", "{\"metadata\":{\"resourceVersion\":\"12\"}}")),
        events(false, event("ADDED", object("c", "192.0.2.3/32", 13))));
    awaitSeen(
        "a[192.0.2.1/32] b[192.0.2.2/32]",
        "a[192.0.2.9/32] b[192.0.2.2/32]",
        "a[192.0.2.9/32]",
        "a[192.0.2.9/32] c[192.0.2.3/32]");
    assertThat(asked).containsExactly("&limit=5", "&limit=5&continue=more", from(7), from(12));
  }

  @Test
  void what_the_server_has_forgotten_is_listed_anew() {
    answers(
        list(7, "", object("a", "192.0.2.1/32", 3)),
        events(true, event("ERROR", "{\"kind\":\"Status\",\"code\":410,\"message\":\"too old\"}")),
        list(90, "", object("b", "192.0.2.2/32", 80)),
        events(false));
    awaitSeen("a[192.0.2.1/32]", "b[192.0.2.2/32]");
    await().untilAsserted(() -> assertThat(asked).endsWith(from(90)));
  }

  @Test
  void nonsense_changes_nothing_that_was_seen() {
    answers(
        list(7, "", object("a", "192.0.2.1/32", 3)),
        events(true, "<html>Bad gateway</html>"),
        new Answer.Whole(500, "{\"message\":\"etcd is away\"}"),
        new Answer.Whole(429, ""),
        new Answer.Whole(200, "{}"),
        new Answer.Whole(200, "not even JSON"),
        new Answer.Whole(200, "{\"items\":[{\"metadata\":{}}]}"),
        list(8, "", object("a", "192.0.2.5/32", 8)),
        events(false));
    awaitSeen("a[192.0.2.1/32]", "a[192.0.2.5/32]");
  }

  @Test
  void a_watch_that_breaks_off_within_an_event_goes_on_from_a_new_list() {
    var whole = event("MODIFIED", object("a", "192.0.2.9/32", 8));
    answers(
        list(7, "", object("a", "192.0.2.1/32", 3)),
        events(true, whole.substring(0, whole.length() / 2)),
        list(8, "", object("a", "192.0.2.9/32", 8)),
        events(false));
    awaitSeen("a[192.0.2.1/32]", "a[192.0.2.9/32]");
  }

  @Test
  void a_server_that_is_silent_for_too_long_is_asked_anew() {
    answers(list(7, "", object("a", "192.0.2.1/32", 3)), events(false));
    await().untilAsserted(() -> assertThat(asked).endsWith(from(7)));
    // The first answer below is what the silent one waits for; nobody listens to it any more.
    await().untilAsserted(() -> assertThat(asked).hasSizeGreaterThan(2));
    answers.add(list(9, "", object("a", "192.0.2.9/32", 8)));
    answers.add(list(9, "", object("a", "192.0.2.9/32", 8)));
    awaitSeen("a[192.0.2.1/32]", "a[192.0.2.9/32]");
  }
}
