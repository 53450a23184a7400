package io.hostfirewall.e2e.walk;

import io.hostfirewall.ruleset.model.PortRange;

/**
 * A connection that somebody opens when the rules have been loaded, as far as they let it.
 *
 * @param first the packet that opens it, from a port of {@link #STAY} or {@link #END}
 */
record Connection(Probe first) {

  /** Ports from which connections are opened that last as long as packets come. */
  static final PortRange STAY = new PortRange(50_000, 50_499);

  /** Ports from which connections are opened that have ended when packets come. */
  static final PortRange END = new PortRange(50_500, 50_999);

  boolean hasEnded() {
    return first.sourcePort() >= END.first();
  }
}
