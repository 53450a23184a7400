package io.hostfirewall.ruleset.packet;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The words of a text, one after the other, with their columns. */
final class Words {

  /**
   * @param column of its first character, counted from 1
   */
  record Word(String text, int column) {

    PacketSyntaxException problem(String sentence) {
      return new PacketSyntaxException(column, sentence);
    }

    PacketSyntaxException problem(int offset, String sentence) {
      return new PacketSyntaxException(column + offset, sentence);
    }
  }

  /** An arrow is a word even without blanks around it. */
  private static final Pattern WORD = Pattern.compile("->|>|(?:(?!->)[^\\s>])+");

  private final List<Word> words = new ArrayList<>();
  private final int end;
  private int next;

  Words(String text) {
    var word = WORD.matcher(text);
    while (word.find()) {
      words.add(new Word(word.group(), word.start() + 1));
    }
    end = text.stripTrailing().length() + 1;
  }

  Optional<Word> peek() {
    return next < words.size() ? Optional.of(words.get(next)) : Optional.empty();
  }

  /** The next word; without one the sentence is the problem. */
  Word take(String otherwise) {
    if (next == words.size()) {
      throw atEnd(otherwise);
    }
    return words.get(next++);
  }

  PacketSyntaxException atEnd(String sentence) {
    return new PacketSyntaxException(end, sentence);
  }
}
