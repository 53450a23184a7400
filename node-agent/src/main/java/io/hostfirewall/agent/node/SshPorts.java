package io.hostfirewall.agent.node;

import io.hostfirewall.agent.state.KnownPorts;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The ports on which this host answers as an SSH server. Found by its greeting, which the server
 * sends first (RFC 4253, 4.2), because an agent in a container sees the host's sockets but not
 * whose they are, and because systemd may listen in sshd's place. A port that was one stays one,
 * over restarts of the server, of this program and of the host, until a listener there says
 * something else: a server may be too busy to answer, and a kernel that can track no more
 * connections lets nobody ask.
 */
public final class SshPorts {

  /** Over loopback: an answer that takes longer is none. */
  private static final Duration PATIENCE = Duration.ofMillis(300);

  /** For the first words of one that somebody is connected to, who may be locked out. */
  private static final Duration GREATER_PATIENCE = Duration.ofSeconds(1);

  /** By assignment (RFC 4253, 4): a listener there is SSH's until it says something else. */
  private static final int ASSIGNED = 22;

  private static final System.Logger LOG = System.getLogger(SshPorts.class.getName());

  /** The kernel prints all sockets, which takes long on a host with many. */
  private static final Duration BETWEEN_LOOKS = Duration.ofMinutes(1);

  /** Servers that wait for their clients shall not be bothered for ever. */
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

  /** For a server that is started anew, or a host that boots. */
  private static final Duration LONGEST_ABSENCE = Duration.ofMinutes(10);

  private record Listener(Cidr address, int port) {}

  /**
   * What a listener last answered.
   *
   * @param silences how often in a row he let somebody connect and said nothing
   */
  private record Answer(Greeting greeting, int silences, Instant askAgain) {

    private boolean isSsh() {
      return greeting == Greeting.SSH;
    }

    private boolean isFinal() {
      return isSsh() || greeting == Greeting.OTHER;
    }
  }

  private final InstantSource clock;
  private final int assigned;
  private final KnownPorts memory;
  private final boolean stays;

  private final Map<Listener, Answer> answers = new ConcurrentHashMap<>();

  /** Ports that are or were SSH's, and when somebody last listened there. */
  private final Map<Integer, Instant> known = new TreeMap<>();

  private Instant lookAgain = Instant.MIN;
  private List<Integer> found;

  /**
   * For a program that stays.
   *
   * @param clock one that nobody can set
   * @param memory what was known before
   */
  public SshPorts(InstantSource clock, KnownPorts memory) {
    this(clock, memory, ASSIGNED, true);
  }

  /**
   * @param stays whether this program does, and sees how long nobody listens somewhere
   */
  SshPorts(InstantSource clock, KnownPorts memory, int assigned, boolean stays) {
    this.clock = clock;
    this.memory = memory;
    this.assigned = assigned;
    this.stays = stays;
    memory.read().forEach(port -> known.put(port, clock.instant()));
    var ports = new TreeSet<>(known.keySet());
    ports.add(assigned);
    this.found = List.copyOf(ports);
  }

  /** For a program that looks once: what was known counts where somebody listens now. */
  public static SshPorts once(InstantSource clock, KnownPorts memory) {
    return new SshPorts(clock, memory, ASSIGNED, false);
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

  /** Those among the ports of all sockets that listen, and those that were some a moment ago. */
  Set<Integer> among(Collection<TcpSocket> sockets) {
    var listeners = listeners(sockets);
    ask(listeners, listener -> true, PATIENCE);
    remember(listeners);
    var ports = new TreeSet<>(stays ? known.keySet() : Set.<Integer>of());
    listeners.stream()
        .filter(listener -> isServer(listener) || isAssigned(listener))
        .forEach(listener -> ports.add(listener.port()));
    return ports;
  }

  /**
   * Those of some ports that are or may be some.
   *
   * @param sockets all of this host
   * @param ports of servers that somebody is connected to
   */
  public Set<Integer> perhapsAmong(Collection<TcpSocket> sockets, Set<Integer> ports) {
    var listeners = listeners(sockets);
    ask(listeners, listener -> ports.contains(listener.port()), GREATER_PATIENCE);
    remember(listeners);
    return listeners.stream()
        .filter(listener -> ports.contains(listener.port()))
        .filter(this::mayBeServer)
        .map(Listener::port)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private boolean mayBeServer(Listener listener) {
    var answer = answers.get(listener);
    return isServer(listener)
        || (answer != null && answer.greeting() == Greeting.NO_CONNECTION)
        || isAssigned(listener);
  }

  private boolean isServer(Listener listener) {
    return known.containsKey(listener.port());
  }

  private boolean isAssigned(Listener listener) {
    return listener.port() == assigned && !isOther(listener);
  }

  private boolean isOther(Listener listener) {
    var answer = answers.get(listener);
    return answer != null
        && (answer.greeting() == Greeting.OTHER || answer.greeting() == Greeting.REFUSED);
  }

  private static Set<Listener> listeners(Collection<TcpSocket> sockets) {
    return sockets.stream()
        .filter(socket -> socket.state() == TcpSocket.State.LISTEN)
        .map(socket -> new Listener(socket.local(), socket.localPort()))
        .collect(Collectors.toSet());
  }

  /** Asks, all at once, those of whom it is not known or to be asked again. */
  private void ask(Set<Listener> listeners, Predicate<Listener> which, Duration patience) {
    answers.keySet().retainAll(listeners);
    var now = clock.instant();
    try (var askers = Executors.newVirtualThreadPerTaskExecutor()) {
      listeners.stream()
          .filter(which)
          .filter(listener -> isDue(answers.get(listener), now))
          .forEach(
              listener ->
                  askers.execute(
                      () ->
                          ask(listener, now, answers.containsKey(listener) ? PATIENCE : patience)));
    }
  }

  private static boolean isDue(@Nullable Answer before, Instant now) {
    return before == null || (!before.isFinal() && !now.isBefore(before.askAgain()));
  }

  private void ask(Listener listener, Instant now, Duration patience) {
    var greeting = Greeting.of(address(listener), patience);
    answers.compute(
        listener,
        (same, before) -> {
          var silences =
              greeting == Greeting.NONE ? 1 + (before == null ? 0 : before.silences()) : 0;
          return new Answer(greeting, silences, now.plus(pause(silences)));
        });
  }

  /** None after who could not be asked. */
  private static Duration pause(int silences) {
    var pause = BETWEEN_LOOKS.multipliedBy((1L << Math.min(silences, 10)) / 2);
    return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
  }

  private void remember(Set<Listener> listeners) {
    var before = Set.copyOf(known.keySet());
    var now = clock.instant();
    listeners.stream()
        .collect(Collectors.groupingBy(Listener::port))
        .forEach((port, there) -> remember(port, answersOf(there), now));
    known.values().removeIf(seen -> Duration.between(seen, now).compareTo(LONGEST_ABSENCE) > 0);
    if (!known.keySet().equals(before)) {
      memory.write(known.keySet());
    }
  }

  private List<Answer> answersOf(List<Listener> listeners) {
    return listeners.stream()
        .flatMap(listener -> Optional.ofNullable(answers.get(listener)).stream())
        .toList();
  }

  private void remember(int port, List<Answer> answersThere, Instant now) {
    if (answersThere.stream().anyMatch(Answer::isSsh)) {
      known.put(port, now);
    } else if (!answersThere.isEmpty()
        && answersThere.stream().allMatch(answer -> answer.greeting() == Greeting.OTHER)) {
      known.remove(port);
    } else {
      known.replace(port, now);
    }
  }

  private static InetSocketAddress address(Listener listener) {
    var anyAddress = listener.address().address().signum() == 0;
    var loopback = listener.address().family() == Family.IPV4 ? "127.0.0.1" : "::1";
    var address = InetAddress.ofLiteral(anyAddress ? loopback : listener.address().setEntry());
    return new InetSocketAddress(address, listener.port());
  }
}
