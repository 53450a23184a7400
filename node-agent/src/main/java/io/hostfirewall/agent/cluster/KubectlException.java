package io.hostfirewall.agent.cluster;

/** kubectl did not answer what it was asked; the message says in a sentence why and what to do. */
public final class KubectlException extends Exception {

  private static final long serialVersionUID = 1;

  /** Why it did not. */
  public enum Reason {
    /** There is no such object. */
    NOT_FOUND,
    /** Who asks has no right to know. */
    FORBIDDEN,
    /** Anything else. */
    OTHER
  }

  private final Reason reason;

  KubectlException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  KubectlException(String message, Throwable cause) {
    super(message, cause);
    this.reason = Reason.OTHER;
  }

  public Reason reason() {
    return reason;
  }
}
