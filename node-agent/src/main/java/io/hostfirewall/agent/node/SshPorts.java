package io.hostfirewall.agent.node;

import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * The ports on which this host answers as an SSH server. Found by its greeting, which the server
 * sends first (RFC 4253, 4.2), because an agent in a container sees the host's sockets but not
 * whose they are, and because systemd may listen in sshd's place. Each listening socket is asked
 * until it answers: a kernel that can track no more connections refuses this one as well.
 */
public final class SshPorts {

  /** Over loopback: an answer that takes longer is none. */
  private static final int PATIENCE_MILLIS = 300;

  /** By assignment (RFC 4253, 4): a listener there is SSH's until it says something else. */
  private static final int ASSIGNED = 22;

  private static final byte[] GREETING = "SSH-".getBytes(StandardCharsets.US_ASCII);

  private static final System.Logger LOG = System.getLogger(SshPorts.class.getName());

  /** The kernel prints all sockets, which takes long on a host with many. */
  private static final Duration BETWEEN_LOOKS = Duration.ofMinutes(1);

  private record Listener(Cidr address, int port) {}

  /** Those that answered since they began to listen, whatever it was. */
  private final Set<Listener> answered = ConcurrentHashMap.newKeySet();

  /** Those that greeted when they last answered; one that was started anew may be silent yet. */
  private final Set<Listener> servers = ConcurrentHashMap.newKeySet();

  private final InstantSource clock;
  private final int assigned;
  private Instant lookAgain = Instant.MIN;
  private List<Integer> found = List.of();

  public SshPorts(InstantSource clock) {
    this(clock, ASSIGNED);
  }

  SshPorts(InstantSource clock, int assigned) {
    this.clock = clock;
    this.assigned = assigned;
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
    var listeners = listeners(sockets);
    var which = ask(listeners);
    which.removeIf(listener -> listener.port() != assigned);
    which.addAll(servers);
    return ports(listeners, which);
  }

  /** The same with those that may be some, since nothing at all came back from them. */
  public Set<Integer> perhapsAmong(Collection<TcpSocket> sockets) {
    var listeners = listeners(sockets);
    var which = ask(listeners);
    which.addAll(servers);
    return ports(listeners, which);
  }

  private static Set<Listener> listeners(Collection<TcpSocket> sockets) {
    return sockets.stream()
        .filter(socket -> socket.state() == TcpSocket.State.LISTEN)
        .map(socket -> new Listener(socket.local(), socket.localPort()))
        .collect(Collectors.toSet());
  }

  private static Set<Integer> ports(Set<Listener> listeners, Set<Listener> which) {
    return listeners.stream()
        .filter(which::contains)
        .map(Listener::port)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Asks all that have not answered yet, at once, and returns those that are silent. */
  private Set<Listener> ask(Set<Listener> listeners) {
    answered.retainAll(listeners);
    var silent = ConcurrentHashMap.<Listener>newKeySet();
    try (var askers = Executors.newVirtualThreadPerTaskExecutor()) {
      listeners.stream()
          .filter(listener -> !answered.contains(listener))
          .forEach(listener -> askers.execute(() -> ask(listener, silent)));
    }
    return silent;
  }

  private void ask(Listener listener, Set<Listener> silent) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(address(listener), listener.port()), PATIENCE_MILLIS);
      if (greets(socket)) {
        servers.add(listener);
      } else {
        servers.remove(listener);
      }
      answered.add(listener);
    } catch (SocketTimeoutException e) {
      silent.add(listener);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "cannot ask port {0}: {1}", listener.port(), e);
    }
  }

  private static boolean greets(Socket socket) {
    try {
      socket.setSoTimeout(PATIENCE_MILLIS);
      return Arrays.equals(socket.getInputStream().readNBytes(GREETING.length), GREETING);
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
