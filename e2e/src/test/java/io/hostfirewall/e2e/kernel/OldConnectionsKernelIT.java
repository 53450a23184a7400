package io.hostfirewall.e2e.kernel;

import static io.hostfirewall.e2e.kernel.Policies.WEB;
import static io.hostfirewall.e2e.kernel.Policies.webServer;
import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.agent.node.ConnectionTracking;
import io.hostfirewall.agent.transaction.Outcome;
import io.hostfirewall.agent.transaction.WarmUp;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connections that are older than the tracking of connections. */
@OnEveryBackEndAndFamily
class OldConnectionsKernelIT extends KernelTest {

  /** The servers of the host are in this process. */
  private static final WarmUp TRACKING =
      new ConnectionTracking(Duration.ofSeconds(20), () -> Set.of());

  @BeforeEach
  void serve() {
    host.listen(WEB);
  }

  private Outcome apply(WarmUp warmUp) {
    return topology.host().call(() -> host.firewall().applyAfter(warmUp, webServer()));
  }

  /** Applies while a client says something twice a second. */
  private Outcome applyBeside(Session session) throws InterruptedException {
    var done = new CountDownLatch(1);
    var client =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    while (session.isAlive() && !done.await(500, TimeUnit.MILLISECONDS)) {}
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    try {
      return apply(TRACKING);
    } finally {
      done.countDown();
      client.join();
    }
  }

  @Test
  void a_client_that_speaks_keeps_its_connection_through_the_first_load() throws Exception {
    var session = visitor().connect(WEB).orElseThrow();

    assertThat(applyBeside(session)).isInstanceOf(Outcome.Applied.class);

    assertThat(session.isAlive()).isTrue();
    session.close();
  }

  @Test
  void without_waiting_a_client_that_speaks_next_loses_its_connection() {
    var session = visitor().connect(WEB).orElseThrow();

    assertThat(apply(WarmUp.none())).isInstanceOf(Outcome.Applied.class);

    assertThat(session.isAlive()).isFalse();
    session.close();
  }

  @Test
  void where_nobody_is_connected_nobody_waits() {
    var start = System.nanoTime();

    assertThat(apply(TRACKING)).isInstanceOf(Outcome.Applied.class);

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
  }
}
