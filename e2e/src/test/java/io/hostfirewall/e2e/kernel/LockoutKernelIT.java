package io.hostfirewall.e2e.kernel;

import static io.hostfirewall.e2e.kernel.Policies.WEB;
import static io.hostfirewall.e2e.kernel.Policies.policy;
import static io.hostfirewall.e2e.kernel.Policies.webServer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who administers a host by SSH does not shut themselves out of it. */
@OnEveryBackEnd
class LockoutKernelIT extends KernelTest {

  /** A port that the web-server policy closes. */
  private static final int OTHER_SSH = 2222;

  private static final String OPEN =
      policy(
          "open",
          "ingress: [{name: all, action: Accept, ports: [{protocol: TCP, port: 1, endPort: 65535}]}]");

  @TempDir Path folder;

  private Program hostfirewall;
  private Process ssh;
  private Visitor admin;

  @BeforeEach
  void install() throws IOException {
    hostfirewall = new Program(topology.host(), setting.backEnd(), folder);
    host.listen(WEB);
    ssh = startSsh();
    admin = visitor();
    await().until(this::letsIn);
    // So that nothing is a first load, which waits until silent connections have spoken.
    assertThat(hostfirewall.apply(OPEN).exit()).isZero();
  }

  /** Whether the administrator can connect, who goes away at once. */
  private boolean letsIn() {
    var session = admin.connect(OTHER_SSH);
    session.ifPresent(Session::close);
    return session.isPresent();
  }

  /** A server that greets as SSH does, and then sends everything back. */
  private Process startSsh() throws IOException {
    var command = new ArrayList<>(topology.host().prefix());
    command.addAll(
        List.of(
            "socat",
            "TCP-LISTEN:%d,fork,reuseaddr".formatted(OTHER_SSH),
            "SYSTEM:printf SSH-2.0-lab; cat"));
    return new ProcessBuilder(command).start();
  }

  @AfterEach
  void endSsh() {
    ssh.descendants().forEach(ProcessHandle::destroyForcibly);
    ssh.destroyForcibly();
  }

  @Test
  void rules_that_would_refuse_a_connected_administrator_are_rolled_back() {
    var before = host.rulesAtRest();
    try (var _ = admin.connect(OTHER_SSH).orElseThrow()) {
      var refused = hostfirewall.apply(webServer());

      assertThat(refused.exit()).isEqualTo(4);
      assertThat(refused.err())
          .contains(
              "%s is connected to port 2222 and could not connect again"
                  .formatted(admin.address().getHostAddress()))
          .contains("defaultActions.ingress");
      assertThat(host.rulesAtRest()).isEqualTo(before);
      assertThat(letsIn()).isTrue();
    }
  }

  @Test
  void nobody_connected_means_nobody_is_locked_out() {
    assertThat(hostfirewall.apply(webServer()).exit()).isZero();

    assertThat(letsIn()).isFalse();
  }

  @Test
  void an_administrator_whose_network_was_named_comes_in_whatever_the_policy_says() {
    try (var _ = admin.connect(OTHER_SSH).orElseThrow()) {
      assertThat(
              hostfirewall
                  .apply(webServer(), "--admin", admin.address().getHostAddress() + "/32")
                  .exit())
          .isZero();

      assertThat(letsIn()).isTrue();
    }
  }

  @Test
  void a_lockout_that_a_policy_acknowledges_is_enforced() {
    try (var _ = admin.connect(OTHER_SSH).orElseThrow()) {
      var acknowledged = webServer().replace("spec:\n", "spec:\n  acknowledgeLockout: true\n");

      assertThat(hostfirewall.apply(acknowledged).exit()).isZero();

      assertThat(letsIn()).isFalse();
    }
  }

  @Test
  void a_probe_that_fails_brings_the_old_rules_back() {
    var before = host.rulesAtRest();

    var failed = hostfirewall.apply(webServer(), "--probe", "tcp:127.0.0.1:9");
    assertThat(failed.exit()).isEqualTo(4);
    assertThat(failed.err()).contains("127.0.0.1 port 9");
    assertThat(host.rulesAtRest()).isEqualTo(before);

    assertThat(hostfirewall.apply(webServer(), "--probe", "tcp:127.0.0.1:" + WEB).exit()).isZero();
  }
}
