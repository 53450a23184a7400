package io.hostfirewall.ruleset.foreign;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The words of a line, cut as iptables-restore cuts them: a quote that closes ends a word, a
 * backslash counts only between quotes, and a single quote is a letter like any other.
 */
final class LineWords {

  /** A word, with the place where it begins, counted from 1. */
  record Word(String text, int column, boolean quoted) {}

  private final List<Word> words;
  private final boolean closed;
  private int next;

  private LineWords(List<Word> words, boolean closed) {
    this.words = new ArrayList<>(words);
    this.closed = closed;
  }

  static LineWords of(String line) {
    var words = new ArrayList<Word>();
    var text = new StringBuilder();
    var start = -1;
    var open = false;
    var quoted = false;
    for (var i = 0; i < line.length(); i++) {
      var c = line.charAt(i);
      var ends = false;
      if (open && c == '\\' && i + 1 < line.length()) {
        text.append(line.charAt(++i));
      } else if (open && c != '"') {
        text.append(c);
      } else if (c == '"') {
        ends = open;
        open = !open;
        quoted = true;
        start = start < 0 ? i : start;
      } else if (c == ' ' || c == '\t') {
        ends = start >= 0;
      } else {
        start = start < 0 ? i : start;
        text.append(c);
      }
      if (ends) {
        words.add(new Word(text.toString(), start + 1, quoted));
        text.setLength(0);
        start = -1;
        quoted = false;
      }
    }
    if (start >= 0) {
      words.add(new Word(text.toString(), start + 1, quoted));
    }
    return new LineWords(words, !open);
  }

  /** Whether every quote that opens also closes. */
  boolean isClosed() {
    return closed;
  }

  boolean isEmpty() {
    return next >= words.size();
  }

  @Nullable Word peek() {
    return isEmpty() ? null : words.get(next);
  }

  /** The next word; an empty one behind the last, so that a missing value is seen as such. */
  Word take() {
    if (isEmpty()) {
      var last = words.isEmpty() ? new Word("", 1, false) : words.getLast();
      return new Word("", last.column() + last.text().length(), false);
    }
    return words.get(next++);
  }

  /** Takes the next word if it is this one, unquoted. */
  boolean takes(String text) {
    var word = peek();
    var takes = word != null && !word.quoted() && word.text().equals(text);
    next += takes ? 1 : 0;
    return takes;
  }

  /** Takes an option out of wherever it stands, and its value; null if there is none. */
  @Nullable Word takeValueOf(String option, String longOption) {
    for (var i = next; i < words.size(); i++) {
      var word = words.get(i);
      if (!word.quoted() && (word.text().equals(option) || word.text().equals(longOption))) {
        words.remove(i);
        return i < words.size() ? words.remove(i) : new Word("", word.column(), false);
      }
    }
    return null;
  }

  /** Puts a word before the next one. */
  void putBack(Word word) {
    words.add(next, word);
  }
}
