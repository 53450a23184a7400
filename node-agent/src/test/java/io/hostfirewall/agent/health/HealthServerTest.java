package io.hostfirewall.agent.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hostfirewall.agent.transaction.Outcome;
import io.hostfirewall.ruleset.trial.Difference;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HealthServerTest {

  private final AtomicLong nanoTime = new AtomicLong();
  private final Health health = new Health(nanoTime::get);
  private final Metrics metrics = new Metrics("1.2", "nft");
  private InetSocketAddress address;
  private HealthServer server;

  @BeforeEach
  void listen() throws IOException {
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      address = new InetSocketAddress(free.getInetAddress(), free.getLocalPort());
    }
    server = new HealthServer(address, health, metrics);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private record Reply(int status, String body) {}

  private Reply get(String path) throws IOException {
    return ask("GET", path);
  }

  private Reply ask(String method, String path) throws IOException {
    var uri = "http://" + address.getHostString() + ":" + address.getPort() + path;
    var connection = (HttpURLConnection) URI.create(uri).toURL().openConnection();
    connection.setRequestMethod(method);
    var status = connection.getResponseCode();
    try (var body = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      return new Reply(
          status,
          body == null ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8).strip());
    } finally {
      connection.disconnect();
    }
  }

  @Test
  void an_agent_whose_loop_hangs_does_not_live() throws IOException {
    server.start();
    nanoTime.addAndGet(Duration.ofMinutes(4).toNanos());
    assertThat(get("/livez")).isEqualTo(new Reply(200, "alive"));

    nanoTime.addAndGet(Duration.ofMinutes(2).toNanos());
    assertThat(get("/livez")).isEqualTo(new Reply(503, "the loop has not turned for 360 s"));

    health.turned();
    assertThat(get("/livez").status()).isEqualTo(200);
  }

  @Test
  void an_agent_is_ready_while_what_it_enforces_is_verified() throws IOException {
    server.start();
    assertThat(get("/readyz")).isEqualTo(new Reply(503, "nothing was verified since the start"));

    health.verified();
    assertThat(get("/readyz")).isEqualTo(new Reply(200, "ready"));

    health.unverified("the kernel refuses");
    assertThat(get("/readyz")).isEqualTo(new Reply(503, "the kernel refuses"));
  }

  @Test
  void metrics_are_counted_by_result_kind_and_reason() throws IOException {
    server.start();
    metrics.desired("hfr-2");
    metrics.applied("hfr-0", Instant.EPOCH);
    metrics.applied("hfr-1", Instant.ofEpochSecond(1_800_000_000));
    metrics.changed(new Outcome.Applied(Duration.ZERO, true), Duration.ofMillis(80));
    metrics.changed(
        new Outcome.RolledBack(Outcome.Why.READ_BACK, "differs"), Duration.ofMillis(300));
    metrics.repaired(
        new Outcome.Healed(
            List.of(
                new Difference(Difference.Kind.JUMP_MISSING, "INPUT holds none"),
                new Difference(Difference.Kind.JUMP_MISSING, "FORWARD holds none"))));

    assertThat(get("/metrics").body().lines())
        .contains(
            "hostfirewall_agent_build_info{backend=\"nft\",version=\"1.2\"} 1",
            "hostfirewall_agent_desired_revision_info{revision=\"hfr-2\"} 1",
            "hostfirewall_agent_applied_revision_info{revision=\"hfr-1\"} 1",
            "hostfirewall_agent_last_successful_apply_timestamp_seconds 1.8E9",
            "hostfirewall_agent_applies_total{result=\"success\"} 1.0",
            "hostfirewall_agent_applies_total{result=\"failure\"} 1.0",
            "hostfirewall_agent_applies_total{result=\"noop\"} 0.0",
            "hostfirewall_agent_apply_duration_seconds_bucket{result=\"success\",le=\"0.1\"} 1",
            "hostfirewall_agent_drift_repairs_total{kind=\"jump_missing\"} 1.0",
            "hostfirewall_agent_rollbacks_total{reason=\"read_back\"} 1.0",
            "hostfirewall_agent_rollbacks_total{reason=\"deadline\"} 0.0")
        .doesNotContain("hostfirewall_agent_applied_revision_info{revision=\"hfr-0\"} 1");
  }

  @Test
  void nothing_else_is_answered() throws IOException {
    server.start();

    assertThat(get("/").status()).isEqualTo(404);
    assertThat(ask("DELETE", "/metrics").status()).isEqualTo(405);
    assertThat(ask("HEAD", "/livez")).isEqualTo(new Reply(200, ""));
    assertThat(get("/livez?verbose").status()).isEqualTo(200);
  }

  private String say(String request) throws IOException {
    try (var client = new Socket(address.getAddress(), address.getPort())) {
      client.setSoTimeout((int) Duration.ofSeconds(20).toMillis());
      client.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  @Test
  void what_is_no_request_is_refused_or_cut_off() throws IOException {
    server.start();

    assertThat(say("who are you\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    assertThat(say("\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    assertThat(say("x".repeat(8 * 1024))).isEmpty();
    assertThat(get("/livez").status()).isEqualTo(200);
  }

  @Test
  void who_says_nothing_keeps_nobody_else_out_for_long() throws IOException {
    server = new HealthServer(address, health, metrics, Duration.ofMillis(500));
    server.start();
    var silent = new ArrayList<Socket>();
    try {
      for (var i = 0; i < 40; i++) {
        silent.add(new Socket(address.getAddress(), address.getPort()));
      }
      // Those beyond the most are sent away; the others have their time.
      await().atMost(Duration.ofSeconds(15)).until(this::isAnswered);
    } finally {
      for (var client : silent) {
        client.close();
      }
    }
  }

  @Test
  void counters_are_read_anew_for_who_asks_after_a_while() throws IOException {
    var asked = new AtomicLong();
    var aged = new AtomicLong(Duration.ofMinutes(1).toNanos());
    var counting = new Metrics("1.2", "nft", aged::get);
    counting.refreshWith(asked::incrementAndGet);
    counting.text();
    assertThat(asked).hasValue(0);

    aged.addAndGet(Duration.ofSeconds(16).toNanos());
    counting.text();
    assertThat(asked).hasValue(1);
  }

  @Test
  void a_port_that_was_taken_is_used_when_it_is_free() throws IOException {
    try (var _ = new ServerSocket(address.getPort(), 1, address.getAddress())) {
      server.start();
    }

    await().atMost(Duration.ofSeconds(15)).until(() -> isAnswered());
  }

  private boolean isAnswered() {
    try {
      return get("/livez").status() == 200;
    } catch (IOException e) {
      return false;
    }
  }
}
