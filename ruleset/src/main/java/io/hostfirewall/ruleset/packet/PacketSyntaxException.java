package io.hostfirewall.ruleset.packet;

/** Words that describe no packet. */
public final class PacketSyntaxException extends IllegalArgumentException {

  private static final long serialVersionUID = 1;

  private final int column;
  private final String problem;

  PacketSyntaxException(int column, String problem) {
    super("column " + column + ": " + problem);
    this.column = column;
    this.problem = problem;
  }

  /** Where in the text it went wrong, counted from 1. */
  public int column() {
    return column;
  }

  /** What is wrong and what to write instead, without the place. */
  public String problem() {
    return problem;
  }
}
