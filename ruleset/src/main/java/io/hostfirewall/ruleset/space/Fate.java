package io.hostfirewall.ruleset.space;

/** What becomes of packets. */
public enum Fate {
  PASS,
  DROP,
  REJECT
}
