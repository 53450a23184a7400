package io.hostfirewall.agent.cli;

/** What the program's end tells a script. */
final class ExitCode {

  static final int DONE = 0;

  /** Differs, or is not enforced. */
  static final int DIFFERS = 1;

  /** Wrong usage, or invalid input. */
  static final int INVALID = 2;

  /** The kernel refused; nothing changed. */
  static final int REFUSED = 3;

  static final int ROLLED_BACK = 4;

  private ExitCode() {}
}
