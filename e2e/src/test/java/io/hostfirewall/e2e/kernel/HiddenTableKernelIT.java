package io.hostfirewall.e2e.kernel;

import static io.hostfirewall.e2e.kernel.AnswersAssert.assertThat;
import static io.hostfirewall.e2e.kernel.Policies.WEB;
import static io.hostfirewall.e2e.kernel.Policies.webServer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Of a table with a rule that nft made and iptables cannot translate iptables-nft-save shows
 * nothing, and iptables-nft-restore writes to it as ever. Rules of iptables-legacy stand in no
 * table of nft's.
 */
@OnEveryBackEnd
class HiddenTableKernelIT extends KernelTest {

  private static final int CLOSED = 8081;
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String HIDDEN =
      "table filter has a rule that nft made and iptables cannot show";

  private static final String OPEN =
      """
      apiVersion: hostfirewall.io/v1alpha1
      kind: HostFirewallPolicy
      metadata: {name: open}
      spec:
        nodeSelector: {}
        ingress: [{name: any, action: Accept}]
      """;

  @TempDir Path folder;

  private Client stranger;
  private Program hostfirewall;

  @BeforeEach
  void install() {
    host.listen(CLOSED, WEB);
    stranger = client(setting.family(), 66);
    hostfirewall = new Program(topology.host(), setting.backEnd(), folder);
    assertThat(hostfirewall.apply(webServer()).exit()).isZero();
  }

  private boolean isNft() {
    return setting.backEnd() == BackEnd.NFT;
  }

  private void hide() {
    host.run("nft add table ip filter");
    host.run("nft add chain ip filter native");
    host.run("nft add rule ip filter native ct state established,related accept");
  }

  private void show() {
    host.run("nft flush chain ip filter native");
    host.run("nft delete chain ip filter native");
  }

  private String ruleset() {
    return host.run("nft --stateless list ruleset");
  }

  @Test
  void what_cannot_be_read_is_not_written_to() {
    hide();
    var before = ruleset();

    var applied = hostfirewall.apply(OPEN);

    if (isNft()) {
      assertThat(applied.exit()).isNotZero();
      assertThat(applied.err()).contains(HIDDEN).contains("nft list table ip filter");
      assertThat(ruleset()).isEqualTo(before);
      assertThat(stranger.connect(1, CLOSED)).vanished();
      var cleanup = hostfirewall.run("cleanup", "--state-dir", hostfirewall.state());
      assertThat(cleanup.exit()).isNotZero();
      assertThat(cleanup.err()).contains(HIDDEN);
      assertThat(ruleset()).isEqualTo(before);
    } else {
      assertThat(applied.exit()).as(applied.err()).isZero();
      assertThat(stranger.connect(1, CLOSED)).accepted(1);
    }
    show();
    assertThat(hostfirewall.apply(OPEN).exit()).isZero();
    assertThat(stranger.connect(1, CLOSED)).accepted(1);
  }

  @Test
  void an_agent_leaves_it_alone_until_it_can_be_read() throws Exception {
    hide();
    host.run("nft add chain ip filter other");
    var agent = hostfirewall.startAgent();
    try {
      if (isNft()) {
        await().atMost(SOON).until(() -> Files.readString(log()).contains(HIDDEN));
        host.run("nft flush chain ip filter HFW-INPUT");
        assertThat(stranger.connect(1, CLOSED)).as("control: it is needed").accepted(1);
        var before = ruleset();
        host.run("nft delete chain ip filter other"); // which wakes the agent once more
        assertThat(ruleset()).isEqualTo(before.replace("\n\tchain other {\n\t}\n", ""));
      }
      show();
      await().atMost(SOON).untilAsserted(() -> assertThat(stranger.connect(1, CLOSED)).vanished());
      assertThat(stranger.connect(1, WEB)).accepted(1);
    } finally {
      agent.destroyForcibly().waitFor();
    }
  }

  private Path log() {
    return folder.resolve("agent.log");
  }
}
