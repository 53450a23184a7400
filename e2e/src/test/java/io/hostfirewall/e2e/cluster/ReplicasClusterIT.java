package io.hostfirewall.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Two operators, of which one works: how soon the other does after the first has gone. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReplicasClusterIT {

  private static final String NAMESPACE = "hostfirewall-system";

  /** 10 s of lease and 3.3 s of retry; the rest is for a slow machine. */
  private static final Duration AFTER_A_CRASH = Duration.ofSeconds(15);

  private static final Duration AFTER_A_POLITE_END = Duration.ofSeconds(6);

  private final ControlPlane cluster = ControlPlane.start();
  private RunningProgram one;
  private RunningProgram two;
  private int policies;

  @BeforeAll
  void two_operators() {
    cluster.installRights();
    var environment = Map.of("HOSTFIREWALL_LEASE_NAMESPACE", NAMESPACE);
    one = Operator.with(cluster, environment);
    two = Operator.with(cluster, environment);
    one.start();
    await("one leads").atMost(Duration.ofSeconds(60)).until(() -> one.log().contains("leading"));
    two.start();
    await("two stands by").atMost(Duration.ofSeconds(60)).until(() -> started(two) == 1);
  }

  @AfterAll
  void end() {
    one.close();
    two.close();
    cluster.close();
  }

  @Test
  void another_takes_over_after_a_crash_and_sooner_after_a_polite_end() {
    assertThat(two.log()).doesNotContain("leading");

    one.kill();
    await("two leads after a crash")
        .atMost(AFTER_A_CRASH)
        .until(() -> two.log().contains("leading"));
    worksWithin(Duration.ofSeconds(10));

    one.start();
    await("one stands by").atMost(Duration.ofSeconds(60)).until(() -> started(one) == 2);
    two.stop();
    assertThat(two.log()).contains("gave the lease up");
    await("one leads after a polite end")
        .atMost(AFTER_A_POLITE_END)
        .until(() -> one.log().split("leading", -1).length == 3);
    worksWithin(Duration.ofSeconds(10));
  }

  private static int started(RunningProgram operator) {
    return operator.log().split("] started", -1).length - 1;
  }

  private void worksWithin(Duration time) {
    var name = "policy-" + policies++;
    cluster
        .admin()
        .runWith(
            """
            apiVersion: hostfirewall.io/v1alpha1
            kind: HostFirewallPolicy
            metadata: {name: %s}
            spec: {nodeSelector: {}}
            """
                .formatted(name),
            "apply",
            "-f",
            "-");
    await("a policy is looked at")
        .atMost(time)
        .until(
            () ->
                new Statuses(cluster.client())
                    .ofPolicy(name)
                    .filter(status -> Objects.equals(status.observedGeneration(), 1L))
                    .isPresent());
  }
}
