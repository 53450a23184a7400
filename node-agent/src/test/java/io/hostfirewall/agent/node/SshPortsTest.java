package io.hostfirewall.agent.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hostfirewall.agent.state.StateFolder;
import io.hostfirewall.ruleset.model.Cidr;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SshPortsTest {

  private static final Cidr ANY = Cidr.parse("0.0.0.0/32");

  @TempDir private Path folder;

  private final AtomicInteger visitors = new AtomicInteger();
  private Instant now = Instant.EPOCH;

  private SshPorts sshPorts() {
    return new SshPorts(() -> now, new StateFolder(folder).sshPorts());
  }

  private SshPorts sshPorts(int assigned) {
    return new SshPorts(() -> now, new StateFolder(folder).sshPorts(), assigned, true);
  }

  private void pass(Duration time) {
    now = now.plus(time);
  }

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
    var ssh = sshPorts();
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
    assertThat(sshPorts().among(List.of(listening(port)))).isEmpty();
  }

  @Test
  void one_that_cannot_be_asked_is_asked_again() throws IOException {
    var ssh = sshPorts();
    List<TcpSocket> sockets;
    try (var silent = new SilentServer(0)) {
      sockets = List.of(listening(silent.server.getLocalPort()));
      assertThat(ssh.among(sockets)).isEmpty();
      assertThat(perhaps(ssh, sockets)).containsExactly(silent.server.getLocalPort());
    }
    var port = sockets.getFirst().localPort();
    assertThat(ssh.among(sockets)).isEmpty();
    assertThat(perhaps(ssh, sockets)).isEmpty();

    try (var _ = server("SSH-2.0-x\r\n", port)) {
      assertThat(ssh.among(sockets)).containsExactly(port);
      assertThat(perhaps(ssh, sockets)).containsExactly(port);
    }
  }

  private static Set<Integer> perhaps(SshPorts ssh, List<TcpSocket> sockets) {
    return ssh.perhapsAmong(sockets, Set.of(sockets.getFirst().localPort()));
  }

  @Test
  void who_is_not_visited_is_not_asked() throws IOException {
    try (var other = server("SSH-2.0-x\r\n")) {
      var sockets = List.of(listening(other.getLocalPort()));
      assertThat(sshPorts().perhapsAmong(sockets, Set.of(other.getLocalPort() + 1))).isEmpty();
      assertThat(visitors).hasValue(0);
    }
  }

  @Test
  void one_at_the_assigned_port_is_a_server_until_it_says_something_else() throws IOException {
    try (var silent = new SilentServer(0)) {
      var port = silent.server.getLocalPort();
      var ssh = sshPorts(port);
      var sockets = List.of(listening(port));
      assertThat(ssh.among(sockets)).containsExactly(port);

      greet(silent.server, "220 mail ESMTP\r\n");

      await().untilAsserted(() -> assertThat(ssh.among(sockets)).isEmpty());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Exceeded MaxStartups\r\n", "Not allowed at this time\r\n"})
  void a_server_that_turns_visitors_away_is_one(String words) throws IOException {
    try (var busy = server(words)) {
      var port = busy.getLocalPort();
      assertThat(sshPorts().among(List.of(listening(port)))).containsExactly(port);
    }
  }

  /** As one is that has more visitors than it can greet, or one that waits for its clients. */
  @Test
  void one_that_says_nothing_is_asked_again_ever_more_rarely() throws IOException {
    var ssh = sshPorts();
    try (var server = server("")) {
      var sockets = List.of(listening(server.getLocalPort()));
      var asked = new ArrayList<Integer>();
      for (var minute = 0; minute < 40; minute++) {
        assertThat(ssh.among(sockets)).isEmpty();
        if (visitors.getAndSet(0) > 0) {
          asked.add(minute);
        }
        pass(Duration.ofMinutes(1));
      }
      assertThat(asked).containsExactly(0, 1, 3, 7, 15, 31);
    }
  }

  @Test
  void what_was_one_stays_one_for_who_cannot_ask() throws IOException {
    int port;
    try (var before = server("SSH-2.0-x\r\n")) {
      port = before.getLocalPort();
      assertThat(sshPorts().among(List.of(listening(port)))).containsExactly(port);
    }
    var sockets = List.of(listening(port));
    try (var silent = silent(port)) {
      var forgetful =
          new SshPorts(() -> now, new StateFolder(folder.resolve("another")).sshPorts());
      assertThat(forgetful.among(sockets)).as("control").isEmpty();
      var next = sshPorts();
      assertThat(next.among(sockets)).containsExactly(port);

      greet(silent.server, "220 mail ESMTP\r\n");

      await().untilAsserted(() -> assertThat(next.among(sockets)).isEmpty());
      assertThat(sshPorts().among(List.of())).as("forgotten").isEmpty();
    }
  }

  /** The port is free once the thread that accepted has noticed. */
  private static SilentServer silent(int port) {
    return await()
        .ignoreExceptionsInstanceOf(BindException.class)
        .until(() -> new SilentServer(port), Objects::nonNull);
  }

  @Test
  void what_was_one_stays_one_however_long_it_says_nothing() throws IOException {
    int port;
    try (var before = server("SSH-2.0-x\r\n")) {
      port = before.getLocalPort();
      assertThat(sshPorts().among(List.of(listening(port)))).containsExactly(port);
    }
    var ssh = sshPorts();
    try (var _ = quiet(port)) {
      for (var minute = 0; minute < 90; minute++) {
        assertThat(ssh.among(List.of(listening(port)))).containsExactly(port);
        pass(Duration.ofMinutes(1));
      }
    }
  }

  @Test
  void what_was_one_counts_for_a_command_only_where_somebody_listens() throws IOException {
    int port;
    try (var before = server("SSH-2.0-x\r\n")) {
      port = before.getLocalPort();
      assertThat(sshPorts().among(List.of(listening(port)))).containsExactly(port);
    }
    assertThat(sshPorts().among(List.of())).as("of an agent").containsExactly(port);
    var memory = new StateFolder(folder).sshPorts();
    assertThat(SshPorts.once(() -> now, memory).among(List.of())).isEmpty();
    try (var _ = quiet(port)) {
      assertThat(SshPorts.once(() -> now, memory).among(List.of(listening(port))))
          .containsExactly(port);
    }
  }

  @Test
  void a_command_that_changes_nothing_remembers_nothing() throws IOException {
    try (var server = server("SSH-2.0-x\r\n")) {
      var memory = new StateFolder(folder).sshPorts();
      var sockets = List.of(listening(server.getLocalPort()));
      assertThat(SshPorts.once(() -> now, memory.unchanged()).among(sockets)).hasSize(1);
      assertThat(memory.read()).isEmpty();
      assertThat(SshPorts.once(() -> now, memory).among(sockets)).hasSize(1);
      assertThat(memory.read()).containsExactly(server.getLocalPort());
    }
  }

  private ServerSocket quiet(int port) {
    return await()
        .ignoreExceptionsInstanceOf(BindException.class)
        .until(() -> server("", port), Objects::nonNull);
  }

  @Test
  void one_that_is_started_anew_keeps_its_port_meanwhile() throws IOException {
    var ssh = sshPorts();
    int port;
    try (var before = server("SSH-2.0-x\r\n")) {
      port = before.getLocalPort();
      assertThat(ssh.among(List.of(listening(port)))).containsExactly(port);
    }
    pass(Duration.ofMinutes(9));
    assertThat(ssh.among(List.of())).containsExactly(port);
    pass(Duration.ofMinutes(2));
    assertThat(ssh.among(List.of())).isEmpty();
  }

  @Test
  void what_is_no_port_in_a_damaged_file_is_passed_over() throws IOException {
    Files.writeString(folder.resolve("ssh-ports"), "2222 70000 0 x 99999999 \n");
    assertThat(sshPorts().among(List.of())).containsExactly(2222);
  }
}
