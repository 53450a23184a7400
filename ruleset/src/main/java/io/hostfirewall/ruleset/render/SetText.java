package io.hostfirewall.ruleset.render;

import io.hostfirewall.ruleset.model.IpSet;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;

/** Text for {@code ipset restore}. */
public final class SetText {

  /**
   * What ipset makes room for if nothing is said; a set may grow to it, memory is taken only as it
   * does.
   */
  private static final int ROOM = 65_536;

  private SetText() {}

  /** Creates a set with its entries. */
  public static String create(IpSet set) {
    return "create "
        + set.name()
        + " "
        + set.type().text()
        + " family "
        + set.family().setFamily()
        + " maxelem "
        + Math.max(ROOM, set.entries().size())
        + "\n"
        + add(set.name(), set.entries());
  }

  /**
   * Brings the entries of a set that stands from one list to another: first what is new, then what
   * goes.
   */
  public static String change(IpSet from, IpSet to) {
    var before = new HashSet<>(from.entries());
    var after = new HashSet<>(to.entries());
    return add(to.name(), to.entries().stream().filter(e -> !before.contains(e)).toList())
        + from.entries().stream()
            .filter(entry -> !after.contains(entry))
            .map(entry -> "del " + to.name() + " " + entry + "\n")
            .collect(Collectors.joining());
  }

  /** Takes all entries out of sets. */
  public static String flush(List<String> names) {
    return names.stream().map(name -> "flush " + name + "\n").collect(Collectors.joining());
  }

  public static String destroy(List<String> names) {
    return names.stream().map(name -> "destroy " + name + "\n").collect(Collectors.joining());
  }

  private static String add(String name, List<String> entries) {
    return entries.stream()
        .map(entry -> "add " + name + " " + entry + "\n")
        .collect(Collectors.joining());
  }
}
