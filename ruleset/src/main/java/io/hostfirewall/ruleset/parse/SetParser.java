package io.hostfirewall.ruleset.parse;

import io.hostfirewall.ruleset.parse.SavedSet.Entry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Pattern;

/** Reads what {@code ipset save} printed. */
public final class SetParser {

  private static final Pattern CREATE = Pattern.compile("create (\\S+) (\\S+) ?(.*)");
  private static final Pattern ADD =
      Pattern.compile("add (\\S+) (\\S+)(?: timeout (\\d{1,18}))?.*");

  private SetParser() {}

  /** The sets of a text, in its order; lines that are neither create nor add are passed over. */
  public static List<SavedSet> parse(String text) {
    var heads = new LinkedHashMap<String, SavedSet>();
    var entries = new LinkedHashMap<String, List<Entry>>();
    for (var line : text.lines().toList()) {
      var create = CREATE.matcher(line);
      var add = ADD.matcher(line);
      if (create.matches()) {
        var name = create.group(1);
        heads.put(name, new SavedSet(name, create.group(2), create.group(3).strip(), List.of()));
        entries.put(name, new ArrayList<>());
      } else if (add.matches() && entries.containsKey(add.group(1))) {
        var timeout = add.group(3) == null ? 0 : Long.parseLong(add.group(3));
        entries.getOrDefault(add.group(1), new ArrayList<>()).add(new Entry(add.group(2), timeout));
      }
    }
    return heads.values().stream()
        .map(
            head ->
                new SavedSet(
                    head.name(),
                    head.type(),
                    head.options(),
                    entries.getOrDefault(head.name(), List.of())))
        .toList();
  }
}
