package io.hostfirewall.ruleset.walk;

import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.ConnState;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match.AddressType;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A packet as rules see it, its destination translated already if that is what the node does.
 *
 * @param way the built-in chain of the table filter that it meets
 * @param in the interface by which it came; empty if the node itself sends it
 * @param out the interface by which it leaves; empty if it does not, or if nobody knows
 * @param source a single address
 * @param destination a single address
 * @param destinationType what the destination is to this node
 * @param hopLimit IPv6 hop limit, or time to live
 * @param states its state for connection tracking; {@code DNAT} beside it if it was translated
 * @param originalDestination the address to which the connection's first packet was sent, before
 *     translation
 * @param originalDestinationPort the port of the connection's first packet before translation; null
 *     if it has no ports
 * @param bridged whether it is a frame that a bridge forwards
 */
public record Packet(
    Way way,
    String in,
    String out,
    Cidr source,
    Cidr destination,
    AddressType destinationType,
    Transport transport,
    int hopLimit,
    Set<ConnState> states,
    Cidr originalDestination,
    @Nullable Integer originalDestinationPort,
    boolean bridged) {

  /** Where a packet goes. */
  public enum Way {
    /** To a process of this node. */
    INPUT,
    /** Through this node. */
    FORWARD,
    /** From a process of this node. */
    OUTPUT
  }

  /** What the hosts of today send: Linux 64, Windows 128. */
  private static final int USUAL_HOPS = 64;

  public Packet {
    if (source.family() != destination.family() || !isAddress(source) || !isAddress(destination)) {
      throw new IllegalArgumentException("a packet goes from one address to one of its family");
    }
    states = Collections.unmodifiableSet(EnumSet.copyOf(states));
  }

  /** The first packet of a connection to this node. */
  public static Packet opening(String in, Cidr source, Cidr destination, Transport transport) {
    return first(Way.INPUT, in, "", source, destination, AddressType.LOCAL, transport);
  }

  /** The first packet of a connection of this node's own to somebody else. */
  public static Packet leaving(String out, Cidr source, Cidr destination, Transport transport) {
    return first(Way.OUTPUT, "", out, source, destination, AddressType.UNICAST, transport);
  }

  private static Packet first(
      Way way,
      String in,
      String out,
      Cidr source,
      Cidr destination,
      AddressType type,
      Transport transport) {
    return new Packet(
        way,
        in,
        out,
        source,
        destination,
        type,
        transport,
        USUAL_HOPS,
        Set.of(ConnState.NEW),
        destination,
        transport.ports().map(Transport.PortPair::destination).orElse(null),
        false);
  }

  /** The same packet in another state. */
  public Packet in(ConnState state) {
    return new Packet(
        way,
        in,
        out,
        source,
        destination,
        destinationType,
        transport,
        hopLimit,
        Set.of(state),
        originalDestination,
        originalDestinationPort,
        bridged);
  }

  /** The packet as it came, before its address was translated, which is what raw sees. */
  Packet asItCame() {
    if (!states.containsAll(Set.of(ConnState.NEW, ConnState.DNAT))
        || originalDestinationPort == null) {
      return this;
    }
    return new Packet(
        way,
        in,
        out,
        source,
        originalDestination,
        destinationType,
        transport.to(originalDestinationPort),
        hopLimit,
        states,
        originalDestination,
        originalDestinationPort,
        bridged);
  }

  public Family family() {
    return source.family();
  }

  private static boolean isAddress(Cidr network) {
    return network.length() == network.family().addressBits();
  }
}
