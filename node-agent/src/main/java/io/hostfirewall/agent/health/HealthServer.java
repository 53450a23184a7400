package io.hostfirewall.agent.health;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Answers {@code /livez}, {@code /readyz} and {@code /metrics}. */
public final class HealthServer implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(HealthServer.class.getName());

  /** Before a port that another program holds is tried again. */
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private static final String TEXT = "text/plain; charset=utf-8";

  static {
    // Whoever connects and says nothing shall not cost anything for long. Seconds, and connections.
    System.setProperty("sun.net.httpserver.maxReqTime", "5");
    System.setProperty("sun.net.httpserver.maxRspTime", "10");
    System.setProperty("jdk.httpserver.maxConnections", "32");
    // Milliseconds between two looks for them; Java's own second costs as much as the sets' poll.
    System.setProperty("sun.net.httpserver.timerMillis", "5000");
  }

  private final InetSocketAddress address;
  private final Health health;
  private final Metrics metrics;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private @Nullable HttpServer server;
  private boolean closed;

  public HealthServer(InetSocketAddress address, Health health, Metrics metrics) {
    this.address = address;
    this.health = health;
    this.metrics = metrics;
  }

  /**
   * Begins to answer. A port that is taken is tried again and again: the firewall does not wait for
   * it.
   */
  public void start() {
    if (!open(System.Logger.Level.WARNING)) {
      Thread.ofVirtual().name("health").start(this::tryAgain);
    }
  }

  private void tryAgain() {
    try {
      do {
        Thread.sleep(PAUSE);
      } while (!open(System.Logger.Level.DEBUG));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean open(System.Logger.Level complaint) {
    if (closed) {
      return true;
    }
    try {
      var opened = HttpServer.create(address, 0);
      opened.setExecutor(threads);
      opened.createContext("/livez", exchange -> answer(exchange, health.live()));
      opened.createContext("/readyz", exchange -> answer(exchange, health.ready()));
      opened.createContext("/metrics", this::metrics);
      opened.start();
      server = opened;
      return true;
    } catch (IOException e) {
      LOG.log(
          complaint,
          "cannot answer probes at {0} yet: {1}. Choose another address with --health",
          address,
          e.getMessage());
      return false;
    }
  }

  private static void answer(HttpExchange exchange, Health.Answer answer) throws IOException {
    var status = answer.good() ? 200 : 503;
    send(exchange, status, TEXT, (answer.text() + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private void metrics(HttpExchange exchange) throws IOException {
    send(exchange, 200, Metrics.CONTENT_TYPE, metrics.text());
  }

  private static void send(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    try (exchange) {
      var isHead = exchange.getRequestMethod().equals("HEAD");
      if (!isHead && !exchange.getRequestMethod().equals("GET")) {
        exchange.sendResponseHeaders(405, -1);
        return;
      }
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(status, isHead ? -1 : body.length);
      if (!isHead) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (server != null) {
      server.stop(0);
    }
    threads.shutdownNow();
  }
}
