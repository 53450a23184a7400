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
 * A packet as rules see it when it has come in, its address translated already if that is what the
 * node does.
 *
 * @param way the built-in chain of the table filter that it goes to
 * @param in the interface by which it came
 * @param source a single address
 * @param destination a single address
 * @param destinationType what the destination is to this node
 * @param hopLimit IPv6 hop limit, or time to live
 * @param states its state for connection tracking; {@code DNAT} beside it if it was translated
 * @param originalDestinationPort the port of the connection's first packet before translation; null
 *     if it has no ports
 * @param bridged whether it is a frame that a bridge forwards
 */
public record Packet(
    Way way,
    String in,
    Cidr source,
    Cidr destination,
    AddressType destinationType,
    Transport transport,
    int hopLimit,
    Set<ConnState> states,
    @Nullable Integer originalDestinationPort,
    boolean bridged) {

  /** Where a packet goes. */
  public enum Way {
    /** To a process of this node. */
    INPUT,
    /** Through this node. */
    FORWARD
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
    return new Packet(
        Way.INPUT,
        in,
        source,
        destination,
        AddressType.LOCAL,
        transport,
        USUAL_HOPS,
        Set.of(ConnState.NEW),
        transport.ports().map(Transport.PortPair::destination).orElse(null),
        false);
  }

  /** The same packet in another state. */
  public Packet in(ConnState state) {
    return new Packet(
        way,
        in,
        source,
        destination,
        destinationType,
        transport,
        hopLimit,
        Set.of(state),
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
