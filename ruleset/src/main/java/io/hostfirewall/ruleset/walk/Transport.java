package io.hostfirewall.ruleset.walk;

import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Protocol;
import io.hostfirewall.ruleset.model.TcpFlag;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** What a packet carries, as far as rules look at it. */
public sealed interface Transport {

  record Tcp(int source, int destination, Set<TcpFlag> flags) implements Transport {
    public Tcp {
      flags = flags.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(flags));
    }

    /** The packet that asks for a connection. */
    public static Tcp syn(int source, int destination) {
      return new Tcp(source, destination, Set.of(TcpFlag.SYN));
    }
  }

  record Udp(int source, int destination) implements Transport {}

  record Sctp(int source, int destination) implements Transport {}

  record Icmp(Family family, int type, int code) implements Transport {}

  /** A protocol whose headers no rule of ours looks into. */
  record Other(int number) implements Transport {}

  /**
   * What stands behind an authentication header of IPv6 (RFC 4302). Connection tracking looks past
   * it, and so do rules of iptables-legacy.
   */
  record Authenticated(Transport carried) implements Transport {}

  /** RFC 8200, section 4.7. */
  int NO_NEXT_HEADER = 59;

  /** Source and destination of a protocol that has ports. */
  record PortPair(int source, int destination) {}

  default Optional<PortPair> ports() {
    return switch (this) {
      case Tcp(var source, var destination, _) -> Optional.of(new PortPair(source, destination));
      case Udp(var source, var destination) -> Optional.of(new PortPair(source, destination));
      case Sctp(var source, var destination) -> Optional.of(new PortPair(source, destination));
      case Icmp _, Other _, Authenticated _ -> Optional.empty();
    };
  }

  /** The same to another port; of what has no ports, the same. */
  default Transport to(int port) {
    return switch (this) {
      case Tcp(var source, _, var flags) -> new Tcp(source, port, flags);
      case Udp(var source, _) -> new Udp(source, port);
      case Sctp(var source, _) -> new Sctp(source, port);
      case Icmp _, Other _, Authenticated _ -> this;
    };
  }

  /** Whether it is IPv6 in which connection tracking finds no protocol (ipv6_skip_exthdr). */
  default boolean isNothing(Family family) {
    return switch (this) {
      case Other(var number) -> number == NO_NEXT_HEADER && family == Family.IPV6;
      case Authenticated(var carried) -> carried.isNothing(family);
      case Tcp _, Udp _, Sctp _, Icmp _ -> false;
    };
  }

  default Protocol protocol() {
    return switch (this) {
      case Tcp _ -> Protocol.TCP;
      case Udp _ -> Protocol.UDP;
      case Sctp _ -> Protocol.SCTP;
      case Icmp(var family, _, _) -> Protocol.icmp(family);
      case Other(var number) -> new Protocol(number);
      case Authenticated _ -> Protocol.AUTHENTICATION;
    };
  }
}
