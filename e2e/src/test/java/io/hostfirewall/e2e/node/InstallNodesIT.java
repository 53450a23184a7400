package io.hostfirewall.e2e.node;

import static io.hostfirewall.e2e.node.Release.eventually;
import static io.hostfirewall.e2e.node.Workloads.OTHER;
import static io.hostfirewall.e2e.node.Workloads.WEB;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What helm is told when it installs and uninstalls, and nodes that it cannot reach. */
class InstallNodesIT extends NodesTest {

  /** A port on which nobody listens. */
  private static final int NOBODY = 9999;

  @BeforeEach
  void nothing_is_installed() {
    if (release.isInstalled()) {
      release.uninstall();
    }
  }

  @AfterAll
  void nothing_is_enforced() {
    release.ensure();
    release.withoutPolicies();
  }

  @ParameterizedTest
  @CsvSource({
    "agent.privilegd=false, privilegd",
    "agent.backend=firewalld, backend",
    "agent.trialSeconds=soon, trialSeconds",
    "operator.replicas=0, replicas",
    "cleanup.onUninstall=maybe, onUninstall",
    "agent.adminNetworks={10.0.0.1/99}, adminNetworks",
    "policies=none, policies"
  })
  void a_wrong_value_is_refused_by_name(String value, String named) {
    var answer = release.attemptInstall(value);

    assertThat(answer.exit()).isNotZero();
    assertThat(answer.err()).contains(named);
    assertThat(release.isInstalled()).isFalse();
  }

  @Test
  void a_node_that_is_dark_does_not_hold_up_an_uninstall_and_is_named() {
    release.install("cleanup.deadlineSeconds=40");
    release.apply(NOTHING_BUT_WEB);
    release.awaitReady("web", 2);
    lab.twelve().pullPlug();
    try {
      eventually("it is known to be gone")
          .until(
              () ->
                  lab.kubectl()
                      .run("get", "hfp", "web", "-o", "jsonpath={.status.nodes.unknown}")
                      .equals("1"));
      assertThat(release.uninstall())
          .contains("NOT REACHED: node-12")
          .doesNotContain("NOT REACHED: node-11");
      assertThat(stranger.reaches(lab.eleven(), OTHER)).isTrue();
      assertThat(lab.eleven().rules()).doesNotContain("HFW-").doesNotContain("hfw");
    } finally {
      assertThat(isAnsweredInBoot(lab.twelve())).as("a boot without rules").isTrue();
      workloads.awaitReady(2);
    }
  }

  private boolean isAnsweredInBoot(KubeletNode node) {
    return stranger.isAnswered(node, NOBODY, () -> node.boot(List.of()));
  }

  @Test
  void a_node_boots_closed_if_the_values_say_so() {
    release.install("agent.boot.enabled=true");
    release.apply(NOTHING_BUT_WEB);
    release.awaitReady("web", 2);
    var unit = lab.twelve().file("/var/node/units/hostfirewall-boot.service");
    assertThat(unit).exists();
    lab.twelve().pullPlug();

    assertThat(isAnsweredInBoot(lab.twelve())).isFalse();

    eventually("it serves again").until(() -> stranger.reaches(lab.twelve(), WEB));
    assertThat(stranger.isShutOut(lab.twelve(), OTHER)).isTrue();
    release.awaitAgents();
    release.awaitReady("web", 2);
    assertThat(lab.kubectl().run("get", "hfns", lab.twelve().name(), "-o", "yaml"))
        .doesNotContain("BootRestore");
    release.uninstall();
    assertThat(unit).doesNotExist();
    assertThat(lab.twelve().file("/var/lib/hostfirewall")).isEmptyDirectory();
  }

  @Test
  void rules_stay_where_the_values_say_keep() {
    release.install("cleanup.onUninstall=keep");
    release.apply(NOTHING_BUT_WEB);
    release.awaitReady("web", 2);

    release.uninstall();

    assertThat(lab.nodes())
        .allSatisfy(
            node -> {
              eventually("its agent ends").until(() -> node.agents().isEmpty());
              assertThat(stranger.isShutOut(node, OTHER)).isTrue();
              assertThat(stranger.reaches(node, WEB)).isTrue();
            });
    release.install();
    release.awaitReady("web", 2);
    release.uninstall();
    assertThat(lab.nodes()).allSatisfy(node -> assertThat(node.rules()).doesNotContain("HFW-"));
  }
}
