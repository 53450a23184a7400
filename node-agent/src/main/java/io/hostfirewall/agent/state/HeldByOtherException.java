package io.hostfirewall.agent.state;

/** Another program of ours is at work. The message names it. */
public final class HeldByOtherException extends Exception {

  private static final long serialVersionUID = 1;

  HeldByOtherException(String message) {
    super(message);
  }
}
