package io.hostfirewall.agent.kernel;

/** Which back end somebody asks for. */
public enum BackendChoice {
  AUTO,
  NFT,
  LEGACY
}
