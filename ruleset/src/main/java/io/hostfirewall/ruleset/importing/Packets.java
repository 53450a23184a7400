package io.hostfirewall.ruleset.importing;

import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Networks;
import io.hostfirewall.ruleset.model.PortRange;
import io.hostfirewall.ruleset.model.Protocol;
import java.math.BigInteger;
import java.util.List;
import java.util.Set;

/**
 * New connections, or single questions of ICMP, by what policies can tell apart. What is true of
 * one field says nothing about another, so that two of these have a common part of the same form.
 *
 * @param in interfaces by which they come
 * @param out interfaces by which they leave
 */
public record Packets(
    Family family,
    List<Cidr> sources,
    List<Cidr> destinations,
    Interfaces in,
    Interfaces out,
    Payload payload) {

  public Packets {
    sources = List.copyOf(sources);
    destinations = List.copyOf(destinations);
  }

  static Packets all(Family family) {
    return new Packets(
        family,
        everywhere(family),
        everywhere(family),
        Interfaces.ALL,
        Interfaces.ALL,
        new Payload.Anything());
  }

  static List<Cidr> everywhere(Family family) {
    return List.of(new Cidr(family, BigInteger.ZERO, 0));
  }

  /** A connection of a protocol that has ports, from one address to another. */
  public static Packets connection(
      Protocol protocol, Cidr source, Cidr destination, String in, int port) {
    var ports = new PortSet(List.of(PortRange.of(port)));
    return one(source, destination, in, new Payload.ToPorts(Set.of(protocol), ports));
  }

  /** A connection that the node opens by an interface. */
  public static Packets leaving(
      Protocol protocol, Cidr source, Cidr destination, String out, int port) {
    return connection(protocol, source, destination, "+", port).leavingBy(out);
  }

  /** A question of ICMP from one address to another. */
  public static Packets question(Cidr source, Cidr destination, String in, int type, int code) {
    return one(
        source, destination, in, new Payload.Icmp(Set.of(new Payload.Icmp.Type(type, code))));
  }

  private static Packets one(Cidr source, Cidr destination, String in, Payload payload) {
    return new Packets(
        source.family(),
        List.of(source),
        List.of(destination),
        Interfaces.of(in),
        Interfaces.ALL,
        payload);
  }

  /** Those of these that leave by an interface. */
  public Packets leavingBy(String name) {
    return through(in, out.intersect(Interfaces.of(name)));
  }

  boolean isEmpty() {
    return sources.isEmpty()
        || destinations.isEmpty()
        || in.isEmpty()
        || out.isEmpty()
        || payload.isEmpty();
  }

  /** What is in both. */
  public Packets intersect(Packets other) {
    return new Packets(
        family,
        common(sources, other.sources),
        common(destinations, other.destinations),
        in.intersect(other.in),
        out.intersect(other.out),
        payload.intersect(other.payload));
  }

  private List<Cidr> common(List<Cidr> some, List<Cidr> others) {
    if (some.equals(others) || isEverything(others)) {
      return some;
    }
    if (isEverything(some)) {
      return others;
    }
    if (some.size() == 1 && others.size() == 1) {
      var one = some.getFirst();
      var two = others.getFirst();
      return one.contains(two) ? others : two.contains(one) ? some : List.of();
    }
    return Networks.subtract(family, some, Networks.subtract(family, some, others));
  }

  static boolean isEverything(List<Cidr> networks) {
    return networks.size() == 1 && networks.getFirst().isEverything();
  }

  /** Whether all of the other are among these. */
  public boolean covers(Packets other) {
    return other.isEmpty()
        || (payload.covers(other.payload)
            && coversNetworks(sources, other.sources)
            && coversNetworks(destinations, other.destinations)
            && in.covers(other.in)
            && out.covers(other.out));
  }

  private boolean coversNetworks(List<Cidr> some, List<Cidr> others) {
    if (isEverything(some)) {
      return true;
    }
    if (some.size() == 1 && others.size() == 1) {
      return some.getFirst().contains(others.getFirst());
    }
    return Networks.subtract(family, others, some).isEmpty();
  }

  boolean meets(Packets other) {
    return !intersect(other).isEmpty();
  }

  Packets from(List<Cidr> networks) {
    return new Packets(family, networks, destinations, in, out, payload);
  }

  Packets to(List<Cidr> networks) {
    return new Packets(family, sources, networks, in, out, payload);
  }

  Packets through(Interfaces in, Interfaces out) {
    return new Packets(family, sources, destinations, in, out, payload);
  }

  Packets carrying(Payload payload) {
    return new Packets(family, sources, destinations, in, out, payload);
  }
}
