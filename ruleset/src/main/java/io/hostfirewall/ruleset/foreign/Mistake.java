package io.hostfirewall.ruleset.foreign;

/**
 * Something that is wrong with a file.
 *
 * @param line counted from 1, as an editor does
 * @param column counted from 1; 0 for the line as a whole
 * @param sentence what is wrong and what to write
 * @param passedOver whether nothing of the line was read
 */
public record Mistake(int line, int column, String sentence, boolean passedOver) {

  Mistake(int line, int column, String sentence) {
    this(line, column, sentence, false);
  }
}
