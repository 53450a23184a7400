package io.hostfirewall.ruleset.trial;

import java.util.Locale;

/**
 * One thing in which the kernel differs from what was meant.
 *
 * @param sentence what stands, and what should
 */
public record Difference(Kind kind, String sentence) {

  /** What is different. */
  public enum Kind {
    /** No built-in chain leads to our dispatcher any more. */
    JUMP_MISSING,
    /** More than one jump does, or not ours. */
    JUMP_CHANGED,
    /** Somebody lets packets by before our jump. */
    ORDER,
    DISPATCHER_CHANGED,
    CHAIN_MISSING,
    RULE_CHANGED,
    SET_MISSING,
    SET_CHANGED,
    /** Something of ours stands that should not. */
    LEFT_OVER,
    /** No packet meets our rules though they stand. */
    TABLE_ASLEEP,
    /** A trial ended before its time. */
    TRIAL_ENDED;

    /** The word by which metrics name it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The same, said of a part of the kernel such as a family. */
  public Difference of(String part) {
    return new Difference(kind, part + ": " + sentence);
  }

  @Override
  public String toString() {
    return sentence;
  }
}
