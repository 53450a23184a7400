package io.hostfirewall.ruleset.model;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A set of networks in the kernel.
 *
 * @param entries as ipset prints them, each once and in an order that depends on nothing else
 */
public record IpSet(String name, Type type, Family family, List<String> entries) {

  /** The entries of larger sets are packed. */
  private static final int SMALL = 64;

  /** What the entries of a set are. */
  public enum Type {
    NETWORKS("hash:net"),
    /** A network together with the interface by which its packets come in. */
    NETWORKS_BY_INTERFACE("hash:net,iface");

    private final String text;

    Type(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }

  public IpSet {
    entries = ordered(type, family, entries);
  }

  private static List<String> ordered(Type type, Family family, List<String> entries) {
    if (type == Type.NETWORKS && entries.size() > SMALL) {
      var packed = packed(family, entries);
      if (packed.filter(networks -> networks.size() > SMALL).isPresent()) {
        return packed.get().entries();
      }
    }
    return entries.stream().sorted().distinct().toList();
  }

  /** Empty if somebody added what we never do. */
  private static Optional<PackedNetworks> packed(Family family, List<String> entries) {
    var packed = PackedNetworks.of(entries);
    try {
      return Optional.of(packed == null ? PackedNetworks.parse(family, entries) : packed);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Its networks, if there are many. */
  public Optional<PackedNetworks> packed() {
    return Optional.ofNullable(PackedNetworks.of(entries));
  }

  /** Tells of entries that only this set holds, and of those that only another one does. */
  public void compare(IpSet other, Consumer<String> onlyThis, Consumer<String> onlyOther) {
    var mine = packed();
    var its = other.packed();
    if (mine.isPresent() && its.isPresent()) {
      PackedNetworks.difference(
          mine.get(),
          its.get(),
          network -> onlyThis.accept(network.setEntry()),
          network -> onlyOther.accept(network.setEntry()));
      return;
    }
    var here = new HashSet<>(entries);
    var there = new HashSet<>(other.entries);
    entries.stream().filter(entry -> !there.contains(entry)).forEach(onlyThis);
    other.entries.stream().filter(entry -> !here.contains(entry)).forEach(onlyOther);
  }
}
