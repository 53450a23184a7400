package io.hostfirewall.agent.kernel;

import java.util.Locale;

/** Which back end somebody asks for. */
public enum BackendChoice {
  AUTO,
  NFT,
  LEGACY;

  /** As it is written on a command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
