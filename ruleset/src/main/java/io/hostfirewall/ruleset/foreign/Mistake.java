package io.hostfirewall.ruleset.foreign;

/**
 * Something that is wrong with a file.
 *
 * @param line counted from 1, as an editor does
 * @param column counted from 1; 0 for the line as a whole
 * @param sentence what is wrong and what to write
 */
public record Mistake(int line, int column, String sentence, Reading reading) {

  /** What was made of the line. */
  public enum Reading {
    /** It counts, as far as it was understood. */
    COUNTS,
    /** Nothing of it was understood, and it may be about any packet. */
    PASSED_OVER,
    /** It decides nothing, neither here nor where the file is loaded. */
    IDLE
  }
}
