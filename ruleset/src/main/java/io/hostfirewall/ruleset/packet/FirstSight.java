package io.hostfirewall.ruleset.packet;

import io.hostfirewall.ruleset.model.ConnState;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.TcpFlag;
import io.hostfirewall.ruleset.walk.Transport;
import java.util.EnumSet;
import java.util.Set;

/**
 * What connection tracking says of a packet that belongs to no connection it knows, with the
 * kernel's defaults.
 */
public final class FirstSight {

  /**
   * Flags that open a connection, or seem to go on with one that began before anybody looked
   * (nf_conntrack_proto_tcp.c: tcp_valid_flags and the first column of tcp_conntracks, with
   * nf_conntrack_tcp_loose).
   */
  private static final Set<Set<TcpFlag>> OPENING =
      Set.of(
          Set.of(TcpFlag.SYN),
          Set.of(TcpFlag.SYN, TcpFlag.URG),
          Set.of(TcpFlag.ACK),
          Set.of(TcpFlag.ACK, TcpFlag.URG));

  /** nf_conntrack_proto_icmp.c and nf_conntrack_proto_icmpv6.c: valid_new. */
  private static final Set<Integer> ASKING_IPV4 = Set.of(8, 13, 15, 17);

  private static final Set<Integer> ASKING_IPV6 = Set.of(128, 139);

  /** nf_conntrack_proto_icmpv6.c: noct_valid_new. */
  private static final Set<Integer> UNTRACKED_IPV6 =
      Set.of(130, 131, 132, 133, 134, 135, 136, 143, 151, 152);

  private FirstSight() {}

  /** The state of a packet with this content. */
  public static ConnState of(Transport transport, Family family) {
    return switch (transport) {
      case Transport.Authenticated(var carried) -> of(carried, family);
      case Transport.Other other when other.isNothing(family) -> ConnState.INVALID;
      case Transport.Tcp(_, _, var flags) -> opens(flags) ? ConnState.NEW : ConnState.INVALID;
      case Transport.Icmp(_, var type, _) -> icmp(family, type);
      case Transport.Udp _, Transport.Sctp _, Transport.Other _ -> ConnState.NEW;
    };
  }

  private static boolean opens(Set<TcpFlag> flags) {
    var looked = EnumSet.noneOf(TcpFlag.class);
    looked.addAll(flags);
    looked.remove(TcpFlag.PSH);
    return OPENING.contains(looked);
  }

  private static ConnState icmp(Family family, int type) {
    if (family == Family.IPV6 && UNTRACKED_IPV6.contains(type)) {
      return ConnState.UNTRACKED;
    }
    var asking = family == Family.IPV4 ? ASKING_IPV4 : ASKING_IPV6;
    return asking.contains(type) ? ConnState.NEW : ConnState.INVALID;
  }
}
