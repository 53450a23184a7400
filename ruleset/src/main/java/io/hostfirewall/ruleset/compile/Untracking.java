package io.hostfirewall.ruleset.compile;

/** Whether SSH of administrators is kept out of the kernel's table of connections. */
public enum Untracking {
  /** Not now: the table has room. */
  READY,
  /** Now: the kernel is about to be unable to track one more connection. */
  NEEDED,
  /** Never: this kernel cannot. */
  IMPOSSIBLE
}
