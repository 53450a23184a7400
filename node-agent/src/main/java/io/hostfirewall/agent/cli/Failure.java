package io.hostfirewall.agent.cli;

/** Ends a command with a sentence on standard error. */
final class Failure extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final int exitCode;

  Failure(int exitCode, String sentence) {
    super(sentence);
    this.exitCode = exitCode;
  }

  static Failure invalid(String sentence) {
    return new Failure(ExitCode.INVALID, sentence);
  }

  static Failure refused(Exception cause) {
    return new Failure(ExitCode.REFUSED, String.valueOf(cause.getMessage()) + ".");
  }

  int exitCode() {
    return exitCode;
  }
}
