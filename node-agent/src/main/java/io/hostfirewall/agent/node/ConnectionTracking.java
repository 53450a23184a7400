package io.hostfirewall.agent.node;

import io.hostfirewall.agent.transaction.WarmUp;
import io.hostfirewall.ruleset.model.Cidr;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Waits until the kernel tracks the connections that were there before it began to. It learns of
 * one when a packet of it comes by.
 *
 * @param longest how long to wait for that; a client that says nothing for longer than this loses
 *     its connection
 * @param ownSockets inodes of sockets whose connections need not be saved
 */
public record ConnectionTracking(Duration longest, Supplier<Set<String>> ownSockets)
    implements WarmUp {

  private static final System.Logger LOG = System.getLogger(ConnectionTracking.class.getName());

  /** Two of the keep-alives that ssh clients send, as they are usually configured. */
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private static final Duration PERIOD = Duration.ofMillis(250);

  private static final Path COUNT = Path.of("/proc/sys/net/netfilter/nf_conntrack_count");
  private static final Path TABLE = Path.of("/proc/thread-self/net/nf_conntrack");

  /** The states of sockets in include/net/tcp_states.h. */
  private static final String ESTABLISHED = "01";

  private static final BigInteger LOOPBACK_IPV4 = BigInteger.valueOf(127);

  /** On this host, for all connections but those of this process, which it opens again itself. */
  public static ConnectionTracking ofThisHost() {
    return new ConnectionTracking(LONGEST, ConnectionTracking::ofThisProcess);
  }

  /** A connection as this host sees it. */
  record Connection(String peer, int peerPort, int localPort) {}

  @Override
  public Wait begin() {
    try {
      var old = connections();
      if (old.isEmpty() || count() >= old.size()) {
        return () -> {};
      }
      return () -> await(old);
    } catch (IOException | RuntimeException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "cannot see whether there are connections to be saved: {0}",
          e.getMessage());
      return () -> {};
    }
  }

  private void await(Set<Connection> old) throws InterruptedException {
    LOG.log(
        System.Logger.Level.INFO,
        "waiting up to {0} s until the kernel tracks {1} connections that are older than the rules",
        longest.toSeconds(),
        old.size());
    var end = System.nanoTime() + longest.toNanos();
    var left = new HashSet<>(old);
    while (!left.isEmpty() && System.nanoTime() < end) {
      Thread.sleep(PERIOD);
      left.removeAll(tracked());
      left.retainAll(connections());
    }
    if (!left.isEmpty()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "{0} connections said nothing meanwhile and may be lost",
          left.size());
    }
  }

  /** Established connections with other hosts. */
  private Set<Connection> connections() {
    var own = ownSockets.get();
    return Stream.of("/proc/thread-self/net/tcp", "/proc/thread-self/net/tcp6")
        .flatMap(table -> lines(Path.of(table)).stream())
        .map(line -> line.strip().split("\\s+"))
        .filter(fields -> fields.length > 9 && fields[3].equals(ESTABLISHED))
        .filter(fields -> !own.contains(fields[9]))
        .flatMap(fields -> connection(fields).stream())
        .collect(Collectors.toSet());
  }

  /** A line of /proc/net/tcp; empty if nobody else is at its other end. */
  static Optional<Connection> connection(String[] fields) {
    var socket = TcpSocket.parse("\n" + String.join(" ", fields), ByteOrder.nativeOrder());
    return socket.stream()
        .filter(s -> !isWithinThisHost(s))
        .map(s -> new Connection(s.peer().setEntry(), s.peerPort(), s.localPort()))
        .findFirst();
  }

  /** Such packets go through lo, whatever the address, and are not judged. */
  private static boolean isWithinThisHost(TcpSocket socket) {
    var address = socket.peer().address();
    return socket.peer().equals(socket.local())
        || address.equals(BigInteger.ONE)
        || address.shiftRight(24).equals(LOOPBACK_IPV4);
  }

  private static Set<String> ofThisProcess() {
    try (var open = Files.list(Path.of("/proc/self/fd"))) {
      return open.flatMap(fd -> inode(fd).stream()).collect(Collectors.toSet());
    } catch (IOException e) {
      return Set.of();
    }
  }

  private static Optional<String> inode(Path fd) {
    try {
      var target = Files.readSymbolicLink(fd).toString();
      return target.startsWith("socket:[")
          ? Optional.of(target.substring("socket:[".length(), target.length() - 1))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** How many connections the kernel tracks in this network namespace. */
  private static long count() throws IOException {
    return Files.exists(COUNT) ? Sysctl.number(COUNT) : 0;
  }

  /** Connections that the kernel tracks, as far as it lists them: not every kernel does. */
  private static Set<Connection> tracked() {
    return lines(TABLE).stream()
        .filter(line -> line.contains(" ESTABLISHED ") && !line.contains("[UNREPLIED]"))
        .flatMap(ConnectionTracking::ends)
        .collect(Collectors.toSet());
  }

  /** Both directions of a line: either end may be the one that began. */
  static Stream<Connection> ends(String line) {
    var words = List.of(line.strip().split("\\s+"));
    var source = value(words, "src=");
    var destination = value(words, "dst=");
    var sourcePort = value(words, "sport=");
    var destinationPort = value(words, "dport=");
    if (source.isEmpty()
        || destination.isEmpty()
        || sourcePort.isEmpty()
        || destinationPort.isEmpty()) {
      return Stream.of();
    }
    try {
      var from = Integer.parseInt(sourcePort.get());
      var to = Integer.parseInt(destinationPort.get());
      return Stream.of(
          new Connection(Cidr.parse(source.get()).setEntry(), from, to),
          new Connection(Cidr.parse(destination.get()).setEntry(), to, from));
    } catch (IllegalArgumentException e) {
      return Stream.of(); // Not of a kernel that is known.
    }
  }

  private static Optional<String> value(List<String> words, String name) {
    return words.stream()
        .filter(word -> word.startsWith(name))
        .findFirst()
        .map(word -> word.substring(name.length()));
  }

  private static List<String> lines(Path table) {
    try {
      return Files.exists(table) ? Files.readAllLines(table) : List.of();
    } catch (IOException e) {
      return List.of();
    }
  }
}
