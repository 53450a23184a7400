package io.hostfirewall.ruleset.model;

import java.util.List;

/**
 * The groups of our chains that are exchanged as one, each in a table of the kernel, and the hooks
 * by which packets come to them.
 */
@SuppressWarnings("ImmutableEnumChecker") // List.of cannot be changed
public enum TableName {
  RAW("raw", List.of(new Hook("PREROUTING", "RAW"))),
  FILTER("filter", List.of(new Hook("INPUT", "INPUT"), new Hook("FORWARD", "FORWARD"))),
  /**
   * What the node itself sends. It comes and goes by itself: where nobody judges that, no rule of
   * ours costs it anything.
   */
  EGRESS("filter", List.of(new Hook("OUTPUT", "OUTPUT"))),
  /** What the node itself sends, before the kernel tracks it. It comes and goes, too. */
  RAW_OUTPUT("raw", List.of(new Hook("OUTPUT", "OUTPUT")));

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

  /** Whether it stands wherever anything of ours does. */
  public boolean isAlwaysThere() {
    return this == RAW || this == FILTER;
  }

  /** Whether rules of policies stand in it. */
  public boolean judges() {
    return this == FILTER || this == EGRESS;
  }

  /** Whether a chain of ours in its table of the kernel belongs to it. */
  public boolean owns(String chain) {
    var sent = chain.startsWith(Table.CHAIN_PREFIX + "OUTPUT");
    return switch (this) {
      case RAW, FILTER -> !sent;
      case RAW_OUTPUT, EGRESS -> sent;
    };
  }
}
