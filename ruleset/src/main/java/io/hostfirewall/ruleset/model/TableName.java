package io.hostfirewall.ruleset.model;

import java.util.List;

/** The tables that hold rules of ours, and the hooks in them by which packets come. */
@SuppressWarnings("ImmutableEnumChecker") // List.of cannot be changed
public enum TableName {
  RAW("raw", List.of(new Hook("PREROUTING", "RAW"))),
  FILTER("filter", List.of(new Hook("INPUT", "INPUT"), new Hook("FORWARD", "FORWARD")));

  /**
   * The way of a packet from a built-in chain to ours.
   *
   * @param builtIn the kernel's chain
   * @param entry the chain of a table's generation in which judging begins
   */
  public record Hook(String builtIn, String entry) {
    /** Our chain to which the built-in one jumps, and which sends packets on to a generation. */
    public String dispatcher() {
      return Table.CHAIN_PREFIX + entry;
    }
  }

  private final String text;
  private final List<Hook> hooks;

  TableName(String text, List<Hook> hooks) {
    this.text = text;
    this.hooks = hooks;
  }

  public String text() {
    return text;
  }

  public List<Hook> hooks() {
    return hooks;
  }
}
