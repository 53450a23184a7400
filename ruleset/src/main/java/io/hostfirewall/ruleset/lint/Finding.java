package io.hostfirewall.ruleset.lint;

/**
 * Something that has no effect, though somebody wrote it.
 *
 * @param policy its name
 * @param rule the name of the policy's rule
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
    LIMIT_WITHOUT_EFFECT
  }
}
