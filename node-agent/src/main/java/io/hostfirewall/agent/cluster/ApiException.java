package io.hostfirewall.agent.cluster;

/** The API server refused. */
final class ApiException extends Exception {

  private static final long serialVersionUID = 1;

  private final int code;

  /**
   * @param code of HTTP, or the same in an event of a watch
   */
  ApiException(int code, String message) {
    super(message);
    this.code = code;
  }

  /** What is asked for is older than what the API server remembers. */
  boolean isTooOld() {
    return code == 410;
  }
}
