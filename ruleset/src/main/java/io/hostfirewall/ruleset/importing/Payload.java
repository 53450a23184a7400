package io.hostfirewall.ruleset.importing;

import io.hostfirewall.ruleset.model.Protocol;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What new packets carry, as far as a policy tells it apart. */
sealed interface Payload {

  /** Anything. */
  record Anything() implements Payload {}

  /** One of the protocols that have ports, to some of these. */
  record ToPorts(Set<Protocol> protocols, PortSet ports) implements Payload {
    public ToPorts {
      protocols = Set.copyOf(protocols);
    }

    static ToPorts all(Protocol protocol) {
      return new ToPorts(Set.of(protocol), PortSet.ALL);
    }
  }

  /**
   * ICMP questions of the packet's family; nothing else in it can be new to connection tracking.
   */
  record Icmp(Set<Type> types) implements Payload {

    /**
     * A type.
     *
     * @param code null for every one
     */
    record Type(int type, @Nullable Integer code) implements Comparable<Type> {
      boolean covers(Type other) {
        return type == other.type && (code == null || code.equals(other.code));
      }

      @Override
      public int compareTo(Type other) {
        var byType = Integer.compare(type, other.type);
        return byType != 0 ? byType : Integer.compare(order(code), order(other.code));
      }

      private static int order(@Nullable Integer code) {
        return code == null ? -1 : code;
      }
    }

    public Icmp {
      types = Set.copyOf(new TreeSet<>(types));
    }
  }

  /** Protocols without ports, by number. */
  record Numbers(Set<Integer> protocols) implements Payload {
    public Numbers {
      protocols = Set.copyOf(protocols);
    }
  }

  default boolean isEmpty() {
    return switch (this) {
      case Anything() -> false;
      case ToPorts(var protocols, var ports) -> protocols.isEmpty() || ports.isEmpty();
      case Icmp(var types) -> types.isEmpty();
      case Numbers(var protocols) -> protocols.isEmpty();
    };
  }

  /** What is in both. */
  default Payload intersect(Payload other) {
    if (other instanceof Anything) {
      return this;
    }
    return switch (this) {
      case Anything() -> other;
      case ToPorts(var protocols, var ports) -> {
        if (!(other instanceof ToPorts(var others, var otherPorts))) {
          yield new Numbers(Set.of());
        }
        var common = new HashSet<>(protocols);
        common.retainAll(others);
        yield new ToPorts(common, ports.intersect(otherPorts));
      }
      case Icmp icmp -> other instanceof Icmp more ? common(icmp, more) : new Numbers(Set.of());
      case Numbers(var numbers) -> {
        var common = new TreeSet<>(numbers);
        common.removeIf(n -> !(other instanceof Numbers(var others) && others.contains(n)));
        yield new Numbers(common);
      }
    };
  }

  private static Icmp common(Icmp one, Icmp other) {
    var types = new TreeSet<Icmp.Type>();
    for (var a : one.types()) {
      for (var b : other.types()) {
        if (a.covers(b)) {
          types.add(b);
        } else if (b.covers(a)) {
          types.add(a);
        }
      }
    }
    return new Icmp(types);
  }

  default boolean covers(Payload other) {
    return switch (this) {
      case Anything() -> true;
      case ToPorts(var protocols, var ports) ->
          other instanceof ToPorts(var others, var otherPorts)
              && protocols.containsAll(others)
              && ports.covers(otherPorts);
      case Icmp(var types) ->
          other instanceof Icmp(var others)
              && others.stream().allMatch(o -> types.stream().anyMatch(t -> t.covers(o)));
      case Numbers(var numbers) ->
          other instanceof Numbers(var others) && numbers.containsAll(others);
    };
  }
}
