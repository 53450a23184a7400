package io.hostfirewall.e2e.kernel;

import io.hostfirewall.e2e.lab.Flow;
import io.hostfirewall.e2e.lab.Seen;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/**
 * What came back to one client, and what was let through to the host, for packets of that client.
 *
 * @param sent number of packets sent
 * @param returned packets that came back
 * @param delivered packets that passed the host's rules
 * @param took how long sending took
 */
record Answers(int sent, List<Seen> returned, List<Seen> delivered, Duration took) {

  /** Connections that were answered with SYN and ACK. */
  long accepted() {
    return flows(answer -> answer.flags().startsWith("SA"));
  }

  /** Connections that were answered with a reset. */
  long reset() {
    return flows(answer -> answer.flags().contains("R"));
  }

  /** Echo requests that were answered. */
  long echoed() {
    return returned.stream().filter(Seen::isEchoReply).count();
  }

  /** ICMP errors that came back. */
  long unreachable() {
    return returned.stream().filter(answer -> answer.isIcmp() && !answer.isEchoReply()).count();
  }

  private long flows(Predicate<Seen> kind) {
    return returned.stream()
        .filter(Seen::isTcp)
        .filter(kind)
        .map(Seen::flow)
        .map(Flow::reversed)
        .distinct()
        .count();
  }
}
