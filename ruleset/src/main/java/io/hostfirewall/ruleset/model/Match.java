package io.hostfirewall.ruleset.model;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A condition on a packet. Each case is written and read as one option or one {@code -m} of
 * iptables(8).
 */
public sealed interface Match {

  record Source(Cidr network, boolean negated) implements Match {}

  record Destination(Cidr network, boolean negated) implements Match {}

  /**
   * The interface a packet came in by; a name that ends in {@code +} stands for all that begin so.
   */
  record InInterface(String name, boolean negated) implements Match {}

  /** The interface a packet leaves by, named as {@link InInterface}. */
  record OutInterface(String name, boolean negated) implements Match {}

  record IsProtocol(Protocol protocol, boolean negated) implements Match {}

  /**
   * An IPv6 packet with an authentication header (RFC 4302), which the kernel does not count as its
   * protocol.
   */
  record AuthenticationHeader() implements Match {}

  /** Ports of a packet whose protocol the rule has matched before. */
  record Ports(Protocol protocol, @Nullable PortRange source, @Nullable PortRange destination)
      implements Match {}

  /**
   * One of several destination ports.
   *
   * @param ranges at most {@value #PLACES} places, a range takes two (xt_multiport.h,
   *     XT_MULTI_PORTS)
   */
  record MultiPort(List<PortRange> ranges) implements Match {
    public static final int PLACES = 15;

    public MultiPort {
      ranges = List.copyOf(ranges);
    }
  }

  /** Of the flags in {@code mask} exactly those in {@code set} are set. */
  record TcpFlags(Set<TcpFlag> mask, Set<TcpFlag> set, boolean negated) implements Match {
    public TcpFlags {
      mask = ordered(mask);
      set = ordered(set);
    }
  }

  record IcmpType(Family family, int type, @Nullable Integer code) implements Match {}

  /**
   * IPv6 hop limit equal to {@code hops}; 255 proves that the sender is on the link (RFC 4861,
   * 11.2).
   */
  record HopLimit(int hops) implements Match {}

  record InState(Set<ConnState> states, boolean negated) implements Match {
    public InState {
      states = ordered(states);
    }
  }

  /** The port that was spoken to before the node translated the address. */
  record OriginalDestinationPort(PortRange range) implements Match {}

  /**
   * Where the address that was spoken to lies, before the node translated it.
   *
   * @param network of IPv6 one address
   */
  record OriginalDestination(Cidr network) implements Match {}

  /** Membership of a part of the packet. */
  record InSet(String name, SetKey key, boolean negated) implements Match {
    public static InSet source(String name) {
      return new InSet(name, SetKey.SOURCE, false);
    }
  }

  /** What of a packet is looked up in a set. */
  enum SetKey {
    SOURCE("src"),
    /** The source together with the interface by which the packet came. */
    SOURCE_AND_INTERFACE("src,src"),
    DESTINATION("dst"),
    /** The destination together with the interface by which the packet leaves. */
    DESTINATION_AND_INTERFACE("dst,dst");

    private final String text;

    SetKey(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }

  /** What the destination address is to this node. */
  record DestinationType(Set<AddressType> types, boolean negated) implements Match {
    public DestinationType {
      types = ordered(types);
    }
  }

  /**
   * This node does not reach the packet's source by the interface it came by, as {@code
   * xt_rpfilter} looks it up (RFC 3704).
   *
   * @param loose that it does not reach it by any interface
   */
  record ReversePathFails(boolean loose) implements Match {}

  /** A frame that a bridge forwards, not a packet that the node routes. */
  record Bridged() implements Match {}

  /**
   * Token bucket for each source, as {@code xt_hashlimit}. New packets of a source beyond {@code
   * burst} match only at {@code rate}.
   *
   * @param sourcePrefixLength how many leading bits of its address make a source; 0 for one bucket
   *     that all share
   * @param expiry how long an idle source is remembered; at least {@code burst / rate}, or the
   *     kernel hands out a fresh burst
   */
  record HashLimit(
      String name,
      Rate rate,
      long burst,
      int sourcePrefixLength,
      int addressBits,
      int buckets,
      int maxSources,
      Duration expiry)
      implements Match {}

  /**
   * The source has more connections open than {@code count}, this one included, as {@code
   * xt_connlimit} counts those that the same rule of iptables has seen begin.
   *
   * @param sourcePrefixLength how many leading bits of its address make a source
   */
  record ConnectionsAbove(int count, int sourcePrefixLength) implements Match {}

  /** Options that are not ours, kept word for word. */
  record Verbatim(String text) implements Match {}

  /** Kinds of address, in the order in which iptables prints them. */
  enum AddressType {
    UNICAST,
    LOCAL,
    BROADCAST,
    ANYCAST,
    MULTICAST
  }

  private static <E extends Enum<E>> Set<E> ordered(Set<E> values) {
    return values.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(values));
  }
}
