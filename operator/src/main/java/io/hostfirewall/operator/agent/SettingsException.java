package io.hostfirewall.operator.agent;

/** The operator cannot work with its configuration. The message is one sentence for people. */
public final class SettingsException extends Exception {

  private static final long serialVersionUID = 1L;

  public SettingsException(String message) {
    super(message);
  }
}
