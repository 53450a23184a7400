package io.hostfirewall.ruleset.compile;

import io.hostfirewall.ruleset.model.Verdict;

/** Where a node writes the packets that policies want logged. */
public sealed interface LogTarget {

  /** The log of the kernel. Its prefixes have 29 characters at most (xt_LOG.h). */
  record Kernel() implements LogTarget {}

  /**
   * A group of nfnetlink_log, to which programs such as ulogd listen. Its prefixes have 63
   * characters at most (xt_NFLOG.h).
   */
  record Group(int number) implements LogTarget {}

  /** The target of iptables that writes a line which begins with these words. */
  default Verdict verdict(String words) {
    return switch (this) {
      case Kernel() -> new Verdict.Log(words + ": ");
      case Group(var number) -> new Verdict.NetlinkLog(words, number);
    };
  }

  /** How many characters the words may have. */
  default int room() {
    return switch (this) {
      case Kernel() -> 27;
      case Group _ -> 63;
    };
  }
}
