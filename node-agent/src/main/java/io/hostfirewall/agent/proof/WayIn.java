package io.hostfirewall.agent.proof;

import io.hostfirewall.agent.node.TcpSocket;
import io.hostfirewall.agent.transaction.Objection;
import io.hostfirewall.agent.transaction.Outcome;
import io.hostfirewall.agent.transaction.Proof;
import io.hostfirewall.agent.transaction.Wanted;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Origin;
import io.hostfirewall.ruleset.model.RuleSet;
import io.hostfirewall.ruleset.walk.Packet;
import io.hostfirewall.ruleset.walk.Sets;
import io.hostfirewall.ruleset.walk.Transport;
import io.hostfirewall.ruleset.walk.Walk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whoever is connected now by SSH, or to this node's API server, could connect again, and
 * administrators whose networks are known could connect at all: the first packet of a new
 * connection of each is walked through the rules. That the present connections live on proves
 * nothing, since replies always pass.
 */
public final class WayIn implements Proof {

  /** The sockets of this host. */
  interface Sockets {
    List<TcpSocket> read() throws IOException;
  }

  /** Which ports are, or may be, those of an SSH server. */
  public interface SshServers {
    /**
     * Those among some ports.
     *
     * @param sockets all of this host
     * @param ports to which somebody is connected
     */
    Set<Integer> among(List<TcpSocket> sockets, Set<Integer> ports);
  }

  /** Any port that clients use (RFC 6335, 6): rules of ours do not look at it. */
  private static final int SOME_CLIENT_PORT = 49152;

  /**
   * Of a host whose addresses nobody knows, or that has none of a family yet: what lets
   * administrators in looks at no destination. For documentation (RFC 5737, RFC 3849).
   */
  private static final Cidr SOME_IPV4 = Cidr.parse("192.0.2.1");

  private static final Cidr SOME_IPV6 = Cidr.parse("2001:db8::1");

  private final Sockets sockets;
  private final SshServers sshServers;
  private final Function<Cidr, String> interfaceTowards;
  private final Supplier<List<Cidr>> own;

  /**
   * @param interfaceTowards by which interface packets of an address come in
   * @param own addresses of this host
   */
  public WayIn(
      SshServers sshServers, Function<Cidr, String> interfaceTowards, Supplier<List<Cidr>> own) {
    this(TcpSocket::ofThisHost, sshServers, interfaceTowards, own);
  }

  WayIn(
      Sockets sockets,
      SshServers sshServers,
      Function<Cidr, String> interfaceTowards,
      Supplier<List<Cidr>> own) {
    this.sockets = sockets;
    this.sshServers = sshServers;
    this.interfaceTowards = interfaceTowards;
    this.own = own;
  }

  @Override
  public Optional<Objection> objection(Wanted wanted) {
    return foreseen(wanted).stream().findFirst();
  }

  @Override
  public List<Objection> foreseen(Wanted wanted) {
    if (wanted.isNothing() || wanted.lockoutAcknowledged()) {
      return List.of();
    }
    try {
      return Stream.concat(objections(wanted, sockets.read()).stream(), administratorsOf(wanted))
          .toList();
    } catch (IOException | UncheckedIOException e) {
      return List.of(
          new Objection(
              Outcome.Why.PROBE_FAILED, "cannot read who is connected: " + e.getMessage()));
    }
  }

  private List<Objection> objections(Wanted wanted, List<TcpSocket> sockets) {
    var sessions = sockets.stream().filter(WayIn::isFromElsewhere).toList();
    var visited = sessions.stream().map(TcpSocket::localPort).collect(Collectors.toSet());
    // Only servers that somebody is connected to are asked whether they are SSH's.
    var ssh = sshServers.among(sockets, visited);
    return sessions.stream()
        .filter(
            session ->
                ssh.contains(session.localPort())
                    || wanted.apiServerPorts().contains(session.localPort()))
        .flatMap(session -> refusal(wanted, session).stream())
        .toList();
  }

  private static boolean isFromElsewhere(TcpSocket socket) {
    return socket.state() == TcpSocket.State.ESTABLISHED && !socket.peer().equals(socket.local());
  }

  private Optional<Objection> refusal(Wanted wanted, TcpSocket session) {
    var who =
        "%s is connected to port %d and could not connect again"
            .formatted(session.peer().setEntry(), session.localPort());
    return refusal(wanted, session.peer(), session.local(), session.localPort(), who);
  }

  /** One of each network of administrators: no policy may keep them out, connected or not. */
  private Stream<Objection> administratorsOf(Wanted wanted) {
    if (wanted.ssh().from().isEmpty()) {
      return Stream.of();
    }
    var addresses = own.get();
    return wanted.ssh().from().stream()
        .flatMap(
            network ->
                wanted.ssh().ports().stream()
                    .flatMap(port -> refusal(wanted, network, addresses, port).stream()));
  }

  private Optional<Objection> refusal(Wanted wanted, Cidr network, List<Cidr> addresses, int port) {
    var who = "an administrator of %s could not connect to port %d".formatted(network, port);
    var here =
        addresses.stream()
            .filter(address -> address.family() == network.family())
            .findFirst()
            .orElse(someAddress(network.family()));
    return network
        .addresses()
        .filter(address -> !addresses.contains(address))
        .findFirst()
        .flatMap(there -> refusal(wanted, there, here, port, who));
  }

  private static Cidr someAddress(Family family) {
    return family == Family.IPV4 ? SOME_IPV4 : SOME_IPV6;
  }

  /** Nothing if the peer is let in, or if no interface leads to it. */
  private Optional<Objection> refusal(Wanted wanted, Cidr peer, Cidr local, int port, String who) {
    var in = interfaceTowards.apply(peer);
    var packet = Packet.opening(in, peer, local, Transport.Tcp.syn(SOME_CLIENT_PORT, port));
    return wanted
        .rules(peer.family())
        .map(rules -> walk(packet, rules, wanted))
        .filter(walk -> !walk.passes())
        .map(walk -> new Objection(Outcome.Why.WOULD_LOCK_OUT, sentence(who, walk)));
  }

  private static Walk walk(Packet packet, RuleSet rules, Wanted wanted) {
    return Walk.of(packet, rules, Sets.withFreshSources(wanted.sets()));
  }

  private static String sentence(String who, Walk walk) {
    return "%s: its packets would be %s by %s"
        .formatted(
            who,
            walk.isRejected() ? "rejected" : "dropped",
            walk.origin().map(Origin::comment).orElse("a rule without a name"));
  }
}
