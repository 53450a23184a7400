package io.hostfirewall.agent.kernel;

/**
 * The kernel, or the program that speaks to it, refused. The message names the program and what it
 * said.
 */
public class KernelException extends Exception {

  private static final long serialVersionUID = 1;

  public KernelException(String message) {
    super(message);
  }

  public KernelException(String message, Throwable cause) {
    super(message, cause);
  }
}
