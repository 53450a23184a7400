package io.hostfirewall.agent.cluster;

/** The API server is away, refused, or answered something that makes no sense. */
public final class ClusterException extends Exception {

  private static final long serialVersionUID = 1;

  public ClusterException(String message) {
    super(message);
  }

  ClusterException(String message, Throwable cause) {
    super(message, cause);
  }
}
