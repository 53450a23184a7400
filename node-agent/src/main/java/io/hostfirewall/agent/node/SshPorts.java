package io.hostfirewall.agent.node;

import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The ports on which this host answers as an SSH server. Found by its greeting, which the server
 * sends first (RFC 4253, 4.2), because an agent in a container sees the host's sockets but not
 * whose they are, and because systemd may listen in sshd's place. Each listening socket is asked
 * once.
 */
public final class SshPorts {

  /** Over loopback: an answer that takes longer is none. */
  private static final int PATIENCE_MILLIS = 300;

  private static final byte[] GREETING = "SSH-".getBytes(StandardCharsets.US_ASCII);

  private static final System.Logger LOG = System.getLogger(SshPorts.class.getName());

  /** The kernel prints all sockets, which takes long on a host with many. */
  private static final Duration BETWEEN_LOOKS = Duration.ofMinutes(1);

  private record Listener(Cidr address, int port) {}

  private final Map<Listener, Boolean> asked = new HashMap<>();
  private final InstantSource clock;
  private Instant lookAgain = Instant.MIN;
  private List<Integer> found = List.of();

  public SshPorts(InstantSource clock) {
    this.clock = clock;
  }

  /** Those of this host, looked for again after a while. */
  public List<Integer> ofThisHost() {
    var now = clock.instant();
    if (now.isAfter(lookAgain)) {
      lookAgain = now.plus(BETWEEN_LOOKS);
      try {
        found = List.copyOf(among(TcpSocket.ofThisHost()));
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "cannot read the sockets of this host: {0}", e);
      }
    }
    return found;
  }

  /** Those among the ports of sockets that listen; others are ignored. */
  public Set<Integer> among(Collection<TcpSocket> sockets) {
    var listeners =
        sockets.stream()
            .filter(socket -> socket.state() == TcpSocket.State.LISTEN)
            .map(socket -> new Listener(socket.local(), socket.localPort()))
            .distinct()
            .toList();
    asked.keySet().retainAll(listeners);
    var ports = new TreeSet<Integer>();
    for (var listener : listeners) {
      if (asked.computeIfAbsent(listener, SshPorts::greets)) {
        ports.add(listener.port());
      }
    }
    return ports;
  }

  private static boolean greets(Listener listener) {
    try (var socket = new Socket()) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(new InetSocketAddress(address(listener), listener.port()), PATIENCE_MILLIS);
      var first = socket.getInputStream().readNBytes(GREETING.length);
      return Arrays.equals(first, GREETING);
    } catch (IOException e) {
      return false;
    }
  }

  private static InetAddress address(Listener listener) {
    var anyAddress = listener.address().address().signum() == 0;
    var loopback = listener.address().family() == Family.IPV4 ? "127.0.0.1" : "::1";
    return InetAddress.ofLiteral(anyAddress ? loopback : listener.address().setEntry());
  }
}
