package io.hostfirewall.e2e.kernel;

import static io.hostfirewall.e2e.kernel.AnswersAssert.assertThat;
import static io.hostfirewall.e2e.kernel.Policies.webServer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hostfirewall.e2e.lab.Family;
import io.hostfirewall.e2e.lab.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The three commands of docs/safety.md, typed on the console of a host whose agent is at work. */
@OnEveryBackEnd
class EmergencyKernelIT extends KernelTest {

  private static final int CLOSED = 8081;
  private static final String READY = "http://127.0.0.1:9473/readyz";
  private static final Pattern COMMANDS =
      Pattern.compile("^```sh\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);

  @TempDir Path folder;

  private Program hostfirewall;
  private Process agent;

  @BeforeEach
  void enforce() {
    host.listen(CLOSED);
    host.iptables("-A INPUT -p tcp -m tcp --dport 7 -j DROP");
    hostfirewall = new Program(topology.host(), setting.backEnd(), folder);
    assertThat(hostfirewall.apply(webServer()).exit()).isZero();
    agent = hostfirewall.startAgent();
    await().atMost(Duration.ofSeconds(20)).until(() -> health().exit() == 0);
    assertThat(attacker.connect(1, CLOSED)).vanished();
  }

  @AfterEach
  void end() throws InterruptedException {
    agent.destroyForcibly().waitFor();
  }

  private Shell.Result health() {
    return topology.host().attempt(List.of("curl", "-sS", "--fail-with-body", READY), "");
  }

  private List<String> commands() throws IOException {
    var page = COMMANDS.matcher(Files.readString(Path.of("..", "docs", "safety.md")));
    assertThat(page.find()).isTrue();
    return page.group(1)
        .lines()
        .map(line -> line.replace("-nft-", "-" + setting.backEnd().word() + "-"))
        .map(line -> line.replace("/var/lib/hostfirewall", hostfirewall.state()))
        .toList();
  }

  private void type(String command) {
    topology.host().run("bash", "-euo", "pipefail", "-c", command);
  }

  @Test
  void they_open_the_host_and_it_stays_open() throws IOException {
    var others = host.rulesOfOthers();

    assertThat(commands()).hasSize(3);
    commands().forEach(this::type);

    assertThat(attacker.connect(1, CLOSED)).accepted(1);
    assertThat(client(Family.IPV6, 66).connect(1, CLOSED)).accepted(1);
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(health().out()).contains("switched off"));
    assertThat(host.rulesOfAll()).doesNotContain("HFW-");
    assertThat(host.rulesOfOthers()).isEqualTo(others);
    assertThat(attacker.connect(1, CLOSED)).accepted(1);
  }

  @Test
  void without_the_first_the_agent_puts_everything_back() throws IOException {
    commands().stream().skip(1).forEach(this::type);

    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(attacker.connect(1, CLOSED)).vanished());
  }
}
