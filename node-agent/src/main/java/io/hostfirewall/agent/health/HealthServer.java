package io.hostfirewall.agent.health;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code /livez}, {@code /readyz} and {@code /metrics}, one request of a connection (RFC
 * 9112). Java's own server looks for silent clients and at its channels each second, which is a
 * third of what an agent at rest may cost; this one sleeps until somebody comes.
 */
public final class HealthServer implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(HealthServer.class.getName());

  /** Before a port that another program holds is tried again. */
  private static final Duration PAUSE = Duration.ofSeconds(5);

  /** Whoever connects and says nothing, or does not listen, shall not cost anything for long. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final int MOST_CONNECTIONS = 32;
  private static final int LONGEST_REQUEST = 8 * 1024;

  private static final String TEXT = "text/plain; charset=utf-8";

  private final InetSocketAddress address;
  private final Health health;
  private final Metrics metrics;
  private final Duration patience;
  private final Semaphore connections = new Semaphore(MOST_CONNECTIONS);
  private @Nullable ServerSocket listener;
  private volatile boolean closed;

  /** What is answered. */
  private record Reply(int status, String type, String body) {

    static Reply of(int status, String text) {
      return new Reply(status, TEXT, text + "\n");
    }

    static Reply of(Health.Answer answer) {
      return of(answer.good() ? 200 : 503, answer.text());
    }

    void write(OutputStream out, boolean onlyHead) throws IOException {
      var bytes = body.getBytes(StandardCharsets.UTF_8);
      var head =
          "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
              .formatted(status, reason(), type, bytes.length);
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      if (!onlyHead) {
        out.write(bytes);
      }
    }

    private String reason() {
      return switch (status) {
        case 200 -> "OK";
        case 404 -> "Not Found";
        case 405 -> "Method Not Allowed";
        case 503 -> "Service Unavailable";
        default -> "Bad Request";
      };
    }
  }

  public HealthServer(InetSocketAddress address, Health health, Metrics metrics) {
    this(address, health, metrics, PATIENCE);
  }

  HealthServer(InetSocketAddress address, Health health, Metrics metrics, Duration patience) {
    this.patience = patience;
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
      var opened = bound();
      listener = opened;
      Thread.ofVirtual().name("health").start(() -> accept(opened));
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

  private ServerSocket bound() throws IOException {
    var opened = new ServerSocket();
    try {
      opened.setReuseAddress(true);
      opened.bind(address);
      return opened;
    } catch (IOException e) {
      opened.close();
      throw e;
    }
  }

  private void accept(ServerSocket opened) {
    try {
      while (!closed) {
        try {
          accept(opened.accept());
        } catch (IOException e) {
          LOG.log(System.Logger.Level.DEBUG, "{0}", e.getMessage());
          Thread.sleep(PAUSE); // As long as there are no files to be had, or for ever.
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void accept(Socket client) throws IOException {
    if (!connections.tryAcquire()) {
      client.close();
      return;
    }
    var answering = Thread.ofVirtual().unstarted(() -> answer(client));
    Thread.ofVirtual().start(() -> watch(answering, client));
  }

  private void watch(Thread answering, Socket client) {
    try (client) {
      answering.start();
      answering.join(patience);
    } catch (InterruptedException | IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "{0}", e.getMessage());
    } finally {
      connections.release();
    }
  }

  private void answer(Socket client) {
    try {
      var words = request(client.getInputStream()).split(" ", -1);
      reply(words).write(client.getOutputStream(), words[0].equals("HEAD"));
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "a probe was not answered: {0}", e.getMessage());
    }
  }

  private Reply reply(String[] words) throws IOException {
    if (words.length != 3 || !words[2].startsWith("HTTP/1.")) {
      return Reply.of(400, "this is not HTTP/1.1");
    }
    if (!words[0].equals("GET") && !words[0].equals("HEAD")) {
      return Reply.of(405, "only GET and HEAD are answered");
    }
    return switch (words[1].replaceFirst("\\?.*", "")) {
      case "/livez" -> Reply.of(health.live());
      case "/readyz" -> Reply.of(health.ready());
      case "/metrics" -> new Reply(200, Metrics.CONTENT_TYPE, metrics.text());
      default -> Reply.of(404, "there are /livez, /readyz and /metrics");
    };
  }

  /** The first line of a request, all of whose head was read. */
  private static String request(InputStream in) throws IOException {
    var read = new byte[LONGEST_REQUEST];
    var head = "";
    for (var length = 0; !head.contains("\r\n\r\n"); ) {
      var more = in.read(read, length, LONGEST_REQUEST - length);
      if (more <= 0) {
        throw new IOException("the request has no end");
      }
      length += more;
      head = new String(read, 0, length, StandardCharsets.US_ASCII);
    }
    return head.substring(0, head.indexOf("\r\n"));
  }

  @Override
  public synchronized void close() {
    closed = true;
    try {
      if (listener != null) {
        listener.close();
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "{0}", e.getMessage());
    }
  }
}
