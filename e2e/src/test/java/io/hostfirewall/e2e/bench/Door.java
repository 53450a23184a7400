package io.hostfirewall.e2e.bench;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * A port of a node that a policy of 30 rules opens and closes. It rejects, so that a closed port
 * answers at once and can be asked again and again.
 */
record Door(String address) {

  static final int PORT = 8080;

  private static final int ANSWER_MILLIS = 200;

  /** Between two questions: what the figures are sharp to, and small beside them. */
  private static final long PAUSE_NANOS = Duration.ofMillis(2).toNanos();

  private static final long GIVE_UP_NANOS = Duration.ofSeconds(60).toNanos();

  private enum Answer {
    ACCEPTED,
    REFUSED,
    NONE
  }

  static String policy(boolean open) {
    var text =
        new StringBuilder(
            """
            apiVersion: hostfirewall.io/v1alpha1
            kind: HostFirewallPolicy
            metadata: {name: bench}
            spec:
              nodeSelector: {}
              defaultActions: {ingress: Reject}
              ingress:
            """);
    for (var i = 0; i < 30; i++) {
      text.append(
          "  - {name: r-%d, action: Accept, ports: [{protocol: TCP, port: %d}]}\n"
              .formatted(i, 20000 + i));
    }
    if (open) {
      text.append(
          "  - {name: open, action: Accept, ports: [{protocol: TCP, port: %d}]}\n".formatted(PORT));
    }
    return text.toString();
  }

  /** Asks until the port is open or closed; nanoseconds that this took. */
  long until(boolean open) {
    var start = System.nanoTime();
    while (answer() != (open ? Answer.ACCEPTED : Answer.REFUSED)) {
      if (System.nanoTime() - start > GIVE_UP_NANOS) {
        throw new IllegalStateException("port did not become " + (open ? "open" : "closed"));
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    return System.nanoTime() - start;
  }

  private Answer answer() {
    try (var socket = new Socket()) {
      socket.setSoLinger(true, 0); // leaves no connection behind
      socket.connect(new InetSocketAddress(address, PORT), ANSWER_MILLIS);
      return Answer.ACCEPTED;
    } catch (ConnectException e) {
      return Answer.REFUSED;
    } catch (IOException e) {
      return Answer.NONE;
    }
  }
}
