package io.hostfirewall.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.ruleset.model.Cidr;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SshPortsTest {

  private static final Cidr ANY = Cidr.parse("0.0.0.0/32");

  private final AtomicInteger visitors = new AtomicInteger();

  /** A server that greets everybody so, until it is closed. */
  private ServerSocket server(String greeting) throws IOException {
    var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
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
    return server;
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
}
