package io.hostfirewall.ruleset.render;

import io.hostfirewall.ruleset.model.IpSet;
import java.util.List;
import java.util.stream.Collectors;

/** Text for {@code ipset restore}. */
public final class SetText {

  /** As many entries as a set may grow to. It costs nothing: memory is taken as it grows. */
  public static final int ROOM = 1 << 20;

  /** What ipset begins with if nothing is said. */
  private static final int HASH_SIZE = 1024;

  private SetText() {}

  /** Creates a set with its entries. */
  public static String create(IpSet set) {
    return create(set, set.name());
  }

  /**
   * A hash that has room from the beginning: the kernel would make one twice as large again and
   * again while entries come.
   */
  private static String create(IpSet set, String name) {
    var size = set.entries().size();
    return "create "
        + name
        + " "
        + set.type().text()
        + " family "
        + set.family().setFamily()
        + (size > HASH_SIZE ? " hashsize " + Integer.highestOneBit(size) : "")
        + " maxelem "
        + Math.max(ROOM, size)
        + "\n"
        + add(name, set.entries());
  }

  /**
   * Fills a set that stands, whatever it holds, in no time: another one is filled and takes its
   * place.
   *
   * @param spare the name of the other, which must not stand
   */
  public static String replace(IpSet set, String spare) {
    return create(set, spare) + "swap " + spare + " " + set.name() + "\n" + destroy(List.of(spare));
  }

  /**
   * Brings the entries of a set that stands from one list to another: first what is new, then what
   * goes.
   */
  public static String change(IpSet from, IpSet to) {
    var add = new StringBuilder();
    var del = new StringBuilder();
    from.compare(
        to,
        entry -> line(del, "del", to.name(), entry),
        entry -> line(add, "add", to.name(), entry));
    return add.append(del).toString();
  }

  /** Takes all entries out of sets. */
  public static String flush(List<String> names) {
    return names.stream().map(name -> "flush " + name + "\n").collect(Collectors.joining());
  }

  public static String destroy(List<String> names) {
    return names.stream().map(name -> "destroy " + name + "\n").collect(Collectors.joining());
  }

  private static String add(String name, List<String> entries) {
    var text = new StringBuilder();
    entries.forEach(entry -> line(text, "add", name, entry));
    return text.toString();
  }

  private static void line(StringBuilder text, String command, String name, String entry) {
    text.append(command).append(' ').append(name).append(' ').append(entry).append('\n');
  }
}
