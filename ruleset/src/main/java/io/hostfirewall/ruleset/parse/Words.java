package io.hostfirewall.ruleset.parse;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The words of a line of iptables-save, quotes undone, read one after the other.
 *
 * <p>Each word knows where it stands, so that what is not understood can be kept as it was written.
 */
final class Words {

  private record Word(String text, int start, int end) {}

  private final String line;
  private final List<Word> words = new ArrayList<>();
  private int next;

  Words(String line) {
    this.line = line;
    var i = 0;
    while (i < line.length()) {
      if (line.charAt(i) == ' ' || line.charAt(i) == '\t') {
        i++;
      } else {
        i = word(i);
      }
    }
  }

  private int word(int start) {
    var text = new StringBuilder();
    var quoted = false;
    var i = start;
    for (; i < line.length(); i++) {
      var c = line.charAt(i);
      if (c == '\\' && quoted && i + 1 < line.length()) {
        text.append(line.charAt(++i));
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && (c == ' ' || c == '\t')) {
        break;
      } else {
        text.append(c);
      }
    }
    words.add(new Word(text.toString(), start, i));
    return i;
  }

  boolean isEmpty() {
    return next >= words.size();
  }

  /** The next word without taking it. */
  @Nullable String peek() {
    return isEmpty() ? null : words.get(next).text();
  }

  String take() {
    return isEmpty() ? "" : words.get(next++).text();
  }

  /** Takes the next word if it is this one. */
  boolean takes(String word) {
    var takes = word.equals(peek());
    if (takes) {
      next++;
    }
    return takes;
  }

  int position() {
    return next;
  }

  void back(int position) {
    next = position;
  }

  /** The text from a position up to where reading stands now, as it was written. */
  String since(int position) {
    return position >= next
        ? ""
        : line.substring(words.get(position).start(), words.get(next - 1).end());
  }
}
