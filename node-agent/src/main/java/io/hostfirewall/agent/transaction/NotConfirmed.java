package io.hostfirewall.agent.transaction;

/** Why a trial must not be confirmed. */
final class NotConfirmed extends Exception {

  private static final long serialVersionUID = 1;

  private final Outcome.Why why;

  NotConfirmed(Outcome.Why why, String message) {
    super(message);
    this.why = why;
  }

  Outcome.Why why() {
    return why;
  }
}
