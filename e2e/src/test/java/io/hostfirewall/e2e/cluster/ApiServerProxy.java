package io.hostfirewall.e2e.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/**
 * Stands between somebody and the API server. It passes everything on, or answers every connection
 * with the next of a row of faults.
 */
final class ApiServerProxy implements AutoCloseable {

  private static final String SERVER = "10.99.0.1";
  private static final int PORT = 6443;

  /** What may come instead of an answer. */
  enum Fault {
    GONE("410 Gone", status(410, "Expired")),
    TOO_MANY_REQUESTS("429 Too Many Requests", status(429, "TooManyRequests")),
    INTERNAL_ERROR("500 Internal Server Error", status(500, "InternalError")),
    GARBAGE("200 OK", "{\"kind\": \"List\", \"items\": [{]\u0007 nonsense"),
    /** Ends in the middle of an answer, and leaves the connection half open. */
    HALF_CLOSED("200 OK", "{\"kind\": \"HostFirewallNodeStateList\", \"items\": ["),
    SILENCE("", "");

    private final String line;
    private final String body;

    Fault(String line, String body) {
      this.line = line;
      this.body = body;
    }

    private static String status(int code, String reason) {
      return "{\"kind\": \"Status\", \"apiVersion\": \"v1\", \"status\": \"Failure\", \"code\": %d, \"reason\": \"%s\"}"
          .formatted(code, reason);
    }

    private String text() {
      var missing = this == HALF_CLOSED ? 1000 : 0;
      return "HTTP/1.1 %s\r\nContent-Type: application/json\r\nRetry-After: 1\r\nContent-Length: %d\r\n\r\n%s"
          .formatted(line, body.length() + missing, body);
    }
  }

  private final ServerSocket listener;
  private final SSLSocketFactory tls;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Set<Fault> met = ConcurrentHashMap.newKeySet();
  private final AtomicInteger faults = new AtomicInteger();
  private volatile boolean misbehaving;

  ApiServerProxy(ControlPlane cluster) {
    try {
      tls = trusting(cluster.certificateAuthority());
      listener = new ServerSocket(0);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  private static SSLSocketFactory trusting(Path certificate)
      throws IOException, GeneralSecurityException {
    var store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (var in = Files.newInputStream(certificate)) {
      store.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(store);
    var context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context.getSocketFactory();
  }

  /** The same credentials by way of this proxy, which speaks without TLS. */
  Path through(Path kubeconfig) {
    var proxied = kubeconfig.resolveSibling("proxied-" + kubeconfig.getFileName());
    try {
      Files.writeString(
          proxied,
          Files.readString(kubeconfig)
              .replace(
                  "https://%s:%d".formatted(SERVER, PORT),
                  "http://%s:%d".formatted(SERVER, listener.getLocalPort())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return proxied;
  }

  /** From now on nothing but faults; what was under way is cut. */
  void misbehave() {
    misbehaving = true;
    cut();
  }

  void behave() {
    misbehaving = false;
    cut();
  }

  /** Which faults somebody has met. */
  Set<Fault> met() {
    return met.isEmpty() ? EnumSet.noneOf(Fault.class) : EnumSet.copyOf(met);
  }

  private void cut() {
    open.forEach(ApiServerProxy::close);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        var client = listener.accept();
        open.add(client);
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException e) {
        return; // It was closed.
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      var head = head(client.getInputStream());
      if (head.isEmpty()) {
        return; // Somebody only looked whether there is a way.
      }
      if (misbehaving) {
        fail(client);
      } else {
        pass(client, head);
      }
    } catch (IOException e) {
      // One of the two hung up.
    } finally {
      open.remove(client);
    }
  }

  /** The lines of a request before its body. */
  private static String head(InputStream in) throws IOException {
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      var next = in.read();
      if (next < 0) {
        return "";
      }
      head.append((char) next);
    }
    return head.toString();
  }

  private void fail(Socket client) throws IOException {
    var fault = Fault.values()[faults.getAndIncrement() % Fault.values().length];
    if (fault != Fault.SILENCE) {
      client.getOutputStream().write(fault.text().getBytes(StandardCharsets.ISO_8859_1));
    }
    met.add(fault);
    if (fault == Fault.HALF_CLOSED) {
      client.shutdownOutput();
    }
    if (fault == Fault.HALF_CLOSED || fault == Fault.SILENCE) {
      client.getInputStream().transferTo(OutputStream.nullOutputStream());
    }
  }

  private void pass(Socket client, String head) throws IOException {
    try (var server = tls.createSocket(SERVER, PORT)) {
      open.add(server);
      server.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
      Thread.ofVirtual().start(() -> copy(client, server));
      server.getInputStream().transferTo(client.getOutputStream());
      open.remove(server);
    }
  }

  private static void copy(Socket from, Socket to) {
    try (to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // One of the two hung up.
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It was gone already.
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    cut();
  }
}
