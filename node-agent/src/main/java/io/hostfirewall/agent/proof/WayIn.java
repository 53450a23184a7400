package io.hostfirewall.agent.proof;

import io.hostfirewall.agent.node.TcpSocket;
import io.hostfirewall.agent.transaction.Objection;
import io.hostfirewall.agent.transaction.Outcome;
import io.hostfirewall.agent.transaction.Proof;
import io.hostfirewall.agent.transaction.Wanted;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Origin;
import io.hostfirewall.ruleset.model.RuleSet;
import io.hostfirewall.ruleset.walk.Packet;
import io.hostfirewall.ruleset.walk.Sets;
import io.hostfirewall.ruleset.walk.Transport;
import io.hostfirewall.ruleset.walk.Walk;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Whoever is connected now by SSH, or to this node's API server, could connect again: the first
 * packet of a new connection of each is walked through the rules. That the present connections live
 * on proves nothing, since replies always pass.
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

  private final Sockets sockets;
  private final SshServers sshServers;
  private final Function<Cidr, String> interfaceTowards;

  /**
   * @param interfaceTowards by which interface packets of an address come in
   */
  public WayIn(SshServers sshServers, Function<Cidr, String> interfaceTowards) {
    this(TcpSocket::ofThisHost, sshServers, interfaceTowards);
  }

  WayIn(Sockets sockets, SshServers sshServers, Function<Cidr, String> interfaceTowards) {
    this.sockets = sockets;
    this.sshServers = sshServers;
    this.interfaceTowards = interfaceTowards;
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
      return objections(wanted, sockets.read());
    } catch (IOException e) {
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
    var in = interfaceTowards.apply(session.peer());
    var packet =
        Packet.opening(
            in,
            session.peer(),
            session.local(),
            Transport.Tcp.syn(SOME_CLIENT_PORT, session.localPort()));
    return wanted
        .rules(session.peer().family())
        .map(rules -> walk(packet, rules, wanted))
        .filter(walk -> !walk.passes())
        .map(walk -> new Objection(Outcome.Why.WOULD_LOCK_OUT, sentence(session, walk)));
  }

  private static Walk walk(Packet packet, RuleSet rules, Wanted wanted) {
    return Walk.of(packet, rules, Sets.withFreshSources(wanted.sets()));
  }

  private static String sentence(TcpSocket session, Walk walk) {
    var how = walk.isRejected() ? "rejected" : "dropped";
    return "%s is connected to port %d and could not connect again: its packets would be %s by %s"
        .formatted(
            session.peer().setEntry(),
            session.localPort(),
            how,
            walk.origin().map(Origin::comment).orElse("a rule without a name"));
  }
}
