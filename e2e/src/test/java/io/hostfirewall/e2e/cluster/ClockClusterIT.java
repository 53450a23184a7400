package io.hostfirewall.e2e.cluster;

import static io.hostfirewall.e2e.cluster.SmallCluster.eventually;

import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The clock of a node is set, and its agent goes on as if nothing were. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClockClusterIT {

  private static final int WEB = 80;
  private static final Duration ALMOST_A_DAY = Duration.ofHours(23);

  private final ControlPlane cluster = ControlPlane.start();
  private final Path step = cluster.folder("clock").resolve("step");
  private ClusterNode node;
  private RunningProgram operator;

  @BeforeAll
  void a_policy_is_in_force() {
    cluster.installRights();
    set("+0");
    node = new ClusterNode(cluster, 11, "nft", UnaryOperator.identity(), clockOf(step), WEB);
    operator = Operator.of(cluster);
    operator.start();
    node.agent().start();
    apply("Deny");
    eventually("closed").until(() -> !node.accepts(WEB) && appliedAt().isPresent());
  }

  @AfterAll
  void end() {
    node.close();
    operator.close();
    cluster.close();
  }

  /** The clock on the wall, and only that, is what the file says, a second later (libfaketime). */
  private static Map<String, String> clockOf(Path step) {
    return Map.of(
        "LD_PRELOAD",
        "/usr/$LIB/faketime/libfaketimeMT.so.1",
        "FAKETIME_TIMESTAMP_FILE",
        step.toString(),
        "FAKETIME_CACHE_DURATION",
        "1",
        "FAKETIME_DONT_FAKE_MONOTONIC",
        "1");
  }

  private void set(String offset) {
    try {
      Files.writeString(step, offset + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void apply(String action) {
    var policy =
        """
        apiVersion: hostfirewall.io/v1alpha1
        kind: HostFirewallPolicy
        metadata: {name: web}
        spec:
          nodeSelector: {}
          ingress:
          - {name: web, action: %s, ports: [{protocol: TCP, port: 80}]}
        """
            .formatted(action);
    cluster.admin().runWith(policy, "apply", "-f", "-");
  }

  private Optional<Instant> appliedAt() {
    return new Statuses(cluster.client())
        .ofNode(node)
        .map(HostFirewallNodeStateStatus::appliedAt)
        .map(Instant::parse);
  }

  @Test
  void a_day_ahead_and_then_a_day_behind_edits_and_heals_go_on() {
    set("+1d");
    followsEdits();
    apply("Accept");
    eventually("its clock was set")
        .until(() -> appliedAt().orElseThrow().isAfter(Instant.now().plus(ALMOST_A_DAY)));

    set("-1d");
    followsEdits();
    apply("Accept");
    eventually("its clock was set")
        .until(() -> appliedAt().orElseThrow().isBefore(Instant.now().minus(ALMOST_A_DAY)));
  }

  private void followsEdits() {
    apply("Accept");
    eventually("opened").until(() -> node.accepts(WEB));
    apply("Deny");
    eventually("closed again").until(() -> !node.accepts(WEB));
    eventually("reported").until(() -> new Statuses(cluster.client()).isReady("web", 1));
    node.run("iptables-nft", "-F", "HFW-INPUT");
    eventually("healed").until(() -> !node.accepts(WEB));
  }
}
