package io.hostfirewall.ruleset.parse;

import io.hostfirewall.ruleset.parse.SavedSet.Entry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what {@code ipset save} printed, a hundred thousand entries without much ado. */
public final class SetParser {

  private static final Pattern CREATE = Pattern.compile("create (\\S+) (\\S+) ?(.*)");
  private static final Pattern TIMEOUT = Pattern.compile(" timeout (\\d{1,18}).*");
  private static final String ADD = "add ";

  private final LinkedHashMap<String, Draft> drafts = new LinkedHashMap<>();

  /** Entries of a set follow each other. */
  private @Nullable Draft last;

  private SetParser() {}

  /** A set that is being read. */
  private static final class Draft {
    private final String name;
    private final String type;
    private final String options;
    private final List<String> values = new ArrayList<>();
    private final List<Long> timeouts = new ArrayList<>();

    private Draft(String name, String type, String options) {
      this.name = name;
      this.type = type;
      this.options = options;
    }

    private SavedSet finish() {
      if (timeouts.isEmpty()) {
        return SavedSet.permanent(name, type, options, values);
      }
      var entries = new ArrayList<Entry>();
      for (var i = 0; i < values.size(); i++) {
        entries.add(new Entry(values.get(i), i < timeouts.size() ? timeouts.get(i) : 0));
      }
      return new SavedSet(name, type, options, entries);
    }
  }

  /** The sets of a text, in its order; lines that are neither create nor add are passed over. */
  public static List<SavedSet> parse(String text) {
    var parser = new SetParser();
    text.lines().forEach(parser::read);
    return parser.drafts.values().stream().map(Draft::finish).toList();
  }

  private void read(String line) {
    if (line.startsWith(ADD)) {
      add(line);
      return;
    }
    var create = CREATE.matcher(line);
    if (create.matches()) {
      last = new Draft(create.group(1), create.group(2), create.group(3).strip());
      drafts.put(last.name, last);
    }
  }

  private void add(String line) {
    var afterName = line.indexOf(' ', ADD.length());
    if (afterName < 0) {
      return;
    }
    var draft = last;
    if (draft == null || !isNamed(line, draft.name, afterName)) {
      draft = drafts.get(line.substring(ADD.length(), afterName));
      last = draft;
    }
    if (draft != null) {
      var end = line.indexOf(' ', afterName + 1);
      draft.values.add(line.substring(afterName + 1, end < 0 ? line.length() : end));
      if (end >= 0) {
        timeout(draft, line.substring(end));
      }
    }
  }

  private static boolean isNamed(String line, String name, int afterName) {
    return afterName - ADD.length() == name.length() && line.startsWith(name, ADD.length());
  }

  /** What has none is there for ever. */
  private static void timeout(Draft draft, String rest) {
    var timeout = TIMEOUT.matcher(rest);
    if (timeout.matches()) {
      while (draft.timeouts.size() < draft.values.size() - 1) {
        draft.timeouts.add(0L);
      }
      draft.timeouts.add(Long.parseLong(timeout.group(1)));
    }
  }
}
