package io.hostfirewall.ruleset.parse;

import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.IpSet;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.RandomAccess;
import java.util.regex.Pattern;

/**
 * A set as {@code ipset save} printed it.
 *
 * @param type {@code hash:net} and so on
 * @param options the words behind the type
 */
public record SavedSet(String name, String type, String options, List<Entry> entries) {

  private static final Pattern ROOM = Pattern.compile("\\bmaxelem (\\d{1,9})\\b");

  /**
   * One entry.
   *
   * @param timeout seconds left; 0 means for ever, as it does in ipset
   */
  public record Entry(String value, long timeout) {}

  /** Entries for ever. Of a hundred thousand nobody asks for one. */
  private static final class Permanent extends AbstractList<Entry> implements RandomAccess {
    private final List<String> values;

    private Permanent(List<String> values) {
      this.values = values;
    }

    @Override
    public int size() {
      return values.size();
    }

    @Override
    public Entry get(int index) {
      return new Entry(values.get(index), 0);
    }
  }

  public SavedSet {
    entries = entries instanceof Permanent ? entries : List.copyOf(entries);
  }

  /** A set whose entries have no timeout. */
  static SavedSet permanent(String name, String type, String options, List<String> values) {
    var read = new SavedSet(name, type, options, new Permanent(values));
    // In the order and the form of ours, if it may be one of them.
    return read.asIpSet()
        .map(set -> new SavedSet(name, type, options, new Permanent(set.entries())))
        .orElse(read);
  }

  /** As many entries as it can hold, as far as that is said. */
  public OptionalInt room() {
    var room = ROOM.matcher(options);
    return room.find() ? OptionalInt.of(Integer.parseInt(room.group(1))) : OptionalInt.empty();
  }

  /** Whether the entries can have a timeout. */
  public boolean hasTimeout() {
    return Arrays.asList(options.split(" ")).contains("timeout");
  }

  public Family family() {
    return options.startsWith("family inet6") ? Family.IPV6 : Family.IPV4;
  }

  /** The set as one of ours, or empty if its type is none that we use. */
  public Optional<IpSet> asIpSet() {
    return Arrays.stream(IpSet.Type.values())
        .filter(known -> known.text().equals(type))
        .findFirst()
        .map(known -> new IpSet(name, known, family(), values()));
  }

  private List<String> values() {
    return entries instanceof Permanent permanent
        ? permanent.values
        : entries.stream().map(Entry::value).toList();
  }
}
