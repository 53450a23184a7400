package io.hostfirewall.e2e.kernel;

import static io.hostfirewall.e2e.kernel.AnswersAssert.assertThat;
import static io.hostfirewall.e2e.kernel.Policies.WEB;
import static io.hostfirewall.e2e.kernel.Policies.policy;
import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.agent.node.ConnectionTable;
import io.hostfirewall.e2e.lab.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host that tracks as many connections as it can, and can drop none of them. */
@OnEveryBackEndAndFamily
class ExhaustedKernelIT extends KernelTest {

  private static final int SSH = 2222;
  private static final int TIMES = 3;

  /** So many connections are written within a minute and fit into the memory of the kernel. */
  private static final int MOST = 1_000_000;

  /** Far from full, though the first digit is as large as that of any full table. */
  private static final int FEW = 999;

  private static final String CLOSED =
      policy(
          "closed",
          """
          defaultActions: {egress: Deny}
          ingress: [{name: web, action: Accept, ports: [{protocol: TCP, port: 80}]}]
          """);

  @TempDir Path folder;

  private Visitor administrator;

  @BeforeEach
  void administer() {
    host.listen(SSH, WEB);
    host.joinCluster();
    administrator = visitor();
    exhausted(false);
    host.apply(CLOSED);
    assertThat(attacker.connect(TIMES, WEB)).accepted(TIMES);
    assertThat(attacker.connect(TIMES, SSH)).vanished();
    // The kernel would give up half-open connections for new ones.
    host.run("conntrack -F");
  }

  private void exhausted(boolean exhausted) {
    host.administrator(administrator.address(), SSH, exhausted);
  }

  @Test
  void an_administrator_comes_in_by_ssh_though_nobody_else_does() throws IOException {
    try (var before = administrator.connect(SSH).orElseThrow()) {
      assertThat(before.isAlive()).isTrue();
      track(0, FEW);
      assertThat(isExhausted()).isFalse();
      fill();
      assertThat(isExhausted()).isTrue();

      // Control: whatever the rules say.
      assertThat(administrator.connect(SSH)).isEmpty();
      assertThat(attacker.connect(TIMES, WEB)).vanished();

      exhausted(true);
      host.follow(CLOSED);

      assertThat(before.isAlive()).isTrue();
      try (var during = administrator.connect(SSH).orElseThrow()) {
        assertThat(during.isAlive()).isTrue();
        assertThat(attacker.connect(TIMES, WEB)).vanished();
        assertThat(attacker.connect(TIMES, SSH)).vanished();

        host.run("conntrack -F");
        exhausted(false);
        host.follow(CLOSED);

        assertThat(before.isAlive()).isTrue();
        assertThat(during.isAlive()).isTrue();
        assertThat(host.run("conntrack -L -p tcp"))
            .contains("sport=" + before.localPort() + " ")
            .contains("sport=" + during.localPort() + " ");
      }
    }
    assertThat(attacker.connect(TIMES, WEB)).accepted(TIMES);
    assertThat(host.run("ipset list " + setting.family().pick("hfw4", "hfw6") + "-l-untracked"))
        .endsWith("Members:\n");
  }

  @Test
  void nothing_is_left_of_it() {
    assertThat(host.iptables("-t raw -S OUTPUT")).contains("-j HFW-OUTPUT");
    exhausted(true);
    host.follow(CLOSED);

    host.remove();

    assertThat(host.rulesAtRest()).doesNotContain("HFW").doesNotContain("hfw4", "hfw6");
  }

  /** As the agent sees it. */
  private boolean isExhausted() {
    return topology.host().call(ConnectionTable.ofThisHost()::look);
  }

  /**
   * Until the kernel refuses one more. How many it tracks is counted for a namespace, and how many
   * at most cannot be set for one.
   */
  private void fill() throws IOException {
    var max = tracking("max");
    assertThat(max)
        .as("nf_conntrack_max of this machine: this test fills the table, set it so for its time")
        .isBetween(1, MOST);
    assertThat(track(FEW, max + 1).err()).contains("not enough memory");
    assertThat(tracking("count")).isEqualTo(max);
  }

  /** Adds connections, each with its number. */
  private Shell.Result track(int from, int to) throws IOException {
    var connections = folder.resolve("connections");
    try (var file = Files.newBufferedWriter(connections)) {
      for (var i = from; i < to; i++) {
        file.write(
            "-I -p tcp -s 10.%d.%d.%d -d 192.0.2.1 --sport 1024 --dport 80 --state ESTABLISHED -u SEEN_REPLY,ASSURED -t 3600\n"
                .formatted(i >> 16, (i >> 8) & 255, i & 255));
      }
    }
    return topology.host().attempt(List.of("conntrack", "-R", connections.toString()), "");
  }

  private int tracking(String what) {
    return Integer.parseInt(host.run("cat /proc/sys/net/netfilter/nf_conntrack_" + what).strip());
  }
}
