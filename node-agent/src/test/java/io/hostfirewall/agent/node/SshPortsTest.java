package io.hostfirewall.agent.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hostfirewall.ruleset.model.Cidr;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SshPortsTest {

  private static final Cidr ANY = Cidr.parse("0.0.0.0/32");

  private final AtomicInteger visitors = new AtomicInteger();

  /** A server that greets everybody so, until it is closed. */
  private ServerSocket server(String greeting) throws IOException {
    return server(greeting, 0);
  }

  private ServerSocket server(String greeting, int port) throws IOException {
    var server = new ServerSocket(port, 5, InetAddress.getLoopbackAddress());
    greet(server, greeting);
    return server;
  }

  private void greet(ServerSocket server, String greeting) {
    Thread.ofVirtual()
        .start(
            () -> {
              while (!server.isClosed()) {
                try (var client = server.accept()) {
                  visitors.incrementAndGet();
                  client.getOutputStream().write(greeting.getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                  // Closed.
                }
              }
            });
  }

  /** A server from which nothing comes back, until it greets somebody: its queue is full. */
  private static final class SilentServer implements AutoCloseable {
    private final List<Socket> waiting = new ArrayList<>();
    private final ServerSocket server;

    private SilentServer(int port) throws IOException {
      server = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
      while (enters()) {}
    }

    private boolean enters() throws IOException {
      var client = new Socket();
      try {
        client.connect(server.getLocalSocketAddress(), 200);
        waiting.add(client);
        return true;
      } catch (SocketTimeoutException e) {
        client.close();
        return false;
      }
    }

    @Override
    public void close() throws IOException {
      for (var client : waiting) {
        client.close();
      }
      server.close();
    }
  }

  private static TcpSocket listening(int port) {
    return new TcpSocket(TcpSocket.State.LISTEN, ANY, port, ANY, 0);
  }

  @Test
  void a_server_is_known_by_its_greeting_and_asked_once() throws IOException {
    var ssh = new SshPorts(InstantSource.system());
    try (var one = server("SSH-2.0-OpenSSH_9.2p1\r\n");
        var other = server("220 mail ESMTP\r\n")) {
      var sockets = List.of(listening(one.getLocalPort()), listening(other.getLocalPort()));

      assertThat(ssh.among(sockets)).containsExactly(one.getLocalPort());
      assertThat(ssh.among(sockets)).containsExactly(one.getLocalPort());
      assertThat(visitors).hasValue(2);
    }
  }

  @Test
  void a_port_that_nobody_listens_on_any_more_is_none() throws IOException {
    int port;
    try (var gone = server("SSH-2.0-x\r\n")) {
      port = gone.getLocalPort();
    }
    assertThat(new SshPorts(InstantSource.system()).among(List.of(listening(port)))).isEmpty();
  }

  @Test
  void one_that_refuses_or_is_silent_is_asked_again() throws IOException {
    var ssh = new SshPorts(InstantSource.system());
    List<TcpSocket> sockets;
    try (var silent = new SilentServer(0)) {
      sockets = List.of(listening(silent.server.getLocalPort()));
      assertThat(ssh.among(sockets)).isEmpty();
      assertThat(ssh.perhapsAmong(sockets)).containsExactly(silent.server.getLocalPort());
    }
    var port = sockets.getFirst().localPort();
    assertThat(ssh.among(sockets)).isEmpty();
    assertThat(ssh.perhapsAmong(sockets)).isEmpty();

    try (var _ = server("SSH-2.0-x\r\n", port)) {
      assertThat(ssh.among(sockets)).containsExactly(port);
      assertThat(ssh.perhapsAmong(sockets)).containsExactly(port);
    }
  }

  @Test
  void a_silent_one_is_a_server_at_the_assigned_port_until_it_says_something_else()
      throws IOException {
    try (var silent = new SilentServer(0)) {
      var port = silent.server.getLocalPort();
      var ssh = new SshPorts(InstantSource.system(), port);
      var sockets = List.of(listening(port));
      assertThat(ssh.among(sockets)).containsExactly(port);

      greet(silent.server, "220 mail ESMTP\r\n");

      await().untilAsserted(() -> assertThat(ssh.among(sockets)).isEmpty());
    }
  }

  @Test
  void one_that_was_started_anew_is_what_it_was_until_it_answers() throws IOException {
    var ssh = new SshPorts(InstantSource.system());
    List<TcpSocket> sockets;
    try (var before = server("SSH-2.0-x\r\n")) {
      sockets = List.of(listening(before.getLocalPort()));
      assertThat(ssh.among(sockets)).hasSize(1);
    }
    var port = sockets.getFirst().localPort();
    assertThat(ssh.among(List.of())).isEmpty();

    // The port is free once the thread that accepted has noticed.
    try (var silent =
        await()
            .ignoreExceptionsInstanceOf(BindException.class)
            .until(() -> new SilentServer(port), Objects::nonNull)) {
      assertThat(ssh.among(sockets)).containsExactly(port);
      greet(silent.server, "220 mail ESMTP\r\n");
      await().untilAsserted(() -> assertThat(ssh.among(sockets)).isEmpty());
    }
  }
}
