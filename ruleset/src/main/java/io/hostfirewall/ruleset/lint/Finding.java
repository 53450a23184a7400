package io.hostfirewall.ruleset.lint;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Something that has no effect, though somebody wrote it.
 *
 * @param policy its name
 * @param rule the name of the policy's rule; empty if it is none
 * @param field the place in the policy, such as {@code spec.ingress[2]}
 * @param sentence what is wrong and what to do
 */
public record Finding(Kind kind, String policy, String rule, String field, String sentence) {

  /** What is wrong. */
  public enum Kind {
    /** Rules before it decide all of its packets. */
    SHADOWED,
    /** Rules before it decide all packets of one of several things that it lists. */
    PARTLY_SHADOWED,
    /** There is no packet that it is about. */
    ABOUT_NOBODY,
    /** There is no packet of one of several things that it lists. */
    PART_ABOUT_NOBODY,
    /** Its limit never counts a packet. */
    LIMIT_WITHOUT_EFFECT,
    /** A policy before it decides the same for all, and otherwise. */
    OVERRULED;

    /** As scripts read it, such as {@code PartlyShadowed}. */
    public String word() {
      return Stream.of(name().split("_"))
          .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
          .collect(Collectors.joining());
    }
  }
}
