package io.hostfirewall.agent.kernel;

/** A program is not there, so that nobody can have used it. */
final class MissingProgramException extends KernelException {

  private static final long serialVersionUID = 1;

  MissingProgramException(String program, Throwable cause) {
    super("cannot run %s: is it installed?".formatted(program), cause);
  }
}
