package io.hostfirewall.ruleset.walk;

import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Match.ConnectionsAbove;
import io.hostfirewall.ruleset.model.Match.HashLimit;

/** What a verdict depends on besides the packet and the rules. */
public interface Surroundings {

  /** Whether a set holds an address. */
  boolean contains(String set, Cidr address);

  /**
   * Whether a set of networks with interfaces holds an address that came in, or leaves, by an
   * interface.
   */
  boolean contains(String set, Cidr address, String device);

  /** Whether a source has kept to a limit so far. */
  boolean isWithin(HashLimit limit, Cidr source);

  /**
   * Whether the node reaches an address by the interface that a packet of it came by, or loosely by
   * any; unless somebody knows the routes, it does.
   */
  default boolean isReached(Cidr source, String in, boolean loosely) {
    return true;
  }

  /**
   * Whether rules about protocols look past an authentication header of IPv6: those of
   * iptables-legacy do (ip6_packet_match in ip6_tables.c), those of iptables-nft do not
   * (nft_set_pktinfo_ipv6).
   */
  default boolean isAuthenticationPassedOver() {
    return false;
  }

  /** Whether a source has more connections open than this; unless somebody knows, it has none. */
  default boolean isAbove(ConnectionsAbove limit, Cidr source) {
    return false;
  }
}
