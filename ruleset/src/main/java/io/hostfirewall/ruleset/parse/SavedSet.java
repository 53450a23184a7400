package io.hostfirewall.ruleset.parse;

import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.IpSet;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A set as {@code ipset save} printed it.
 *
 * @param type {@code hash:net} and so on
 * @param options the words behind the type
 */
public record SavedSet(String name, String type, String options, List<Entry> entries) {

  /**
   * One entry.
   *
   * @param timeout seconds left; 0 means for ever, as it does in ipset
   */
  public record Entry(String value, long timeout) {}

  public SavedSet {
    entries = List.copyOf(entries);
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
        .map(
            known -> new IpSet(name, known, family(), entries.stream().map(Entry::value).toList()));
  }
}
