package io.hostfirewall.ruleset.foreign;

import java.util.List;

/**
 * One option of a rule with what stands behind it.
 *
 * @param name the long one, whichever was written
 * @param known whether this reader knows what it means
 * @param column where it begins, counted from 1
 */
public record RuleOption(
    String name, boolean negated, List<String> values, boolean known, int column) {

  public RuleOption {
    values = List.copyOf(values);
  }

  /** Its first value; empty if it has none. */
  public String value() {
    return values.isEmpty() ? "" : values.getFirst();
  }

  /** As it could be written. */
  @Override
  public String toString() {
    return ((negated ? "! " : "") + name + " " + String.join(" ", values)).strip();
  }
}
