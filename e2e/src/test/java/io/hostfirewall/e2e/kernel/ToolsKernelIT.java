package io.hostfirewall.e2e.kernel;

import static io.hostfirewall.e2e.kernel.AnswersAssert.assertThat;
import static io.hostfirewall.e2e.kernel.Policies.SSH;
import static io.hostfirewall.e2e.kernel.Policies.WEB;
import static io.hostfirewall.e2e.kernel.Policies.policy;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the tools say of the kernel is what the kernel does. */
@OnEveryBackEnd
class ToolsKernelIT extends KernelTest {

  private static final int CLOSED = 8081;

  private static final String OPEN =
      policy(
          "open", "ingress: [{name: any, action: Accept, ports: [{protocol: TCP, port: 8081}]}]");

  @TempDir Path folder;

  private Program hostfirewall;
  private Client ipv6;

  @BeforeEach
  void install() {
    host.listen(SSH, WEB, CLOSED);
    hostfirewall = new Program(topology.host(), setting.backEnd(), folder);
    ipv6 = client(Family.IPV6, 66);
  }

  private Shell.Result explain(String packet) {
    return hostfirewall.run("explain", packet);
  }

  private Shell.Result diff(String policy) throws IOException {
    var file = folder.resolve("wanted.yaml");
    Files.writeString(file, policy);
    return hostfirewall.run("diff", "-f", file.toString(), "--state-dir", hostfirewall.state());
  }

  private void assertExplainedAsItIs() {
    for (var port : List.of(WEB, CLOSED)) {
      var ipv4Packet = "tcp 203.0.113.66 > :" + port;
      var ipv6Packet = "tcp 2001:db8:a:66::1 > :" + port;
      var explained = explain(ipv4Packet);
      assertThat(attacker.connect(1, port))
          .as(explained.out() + explained.err())
          .accepted(explained.exit() == 0 ? 1 : 0);
      assertThat(ipv6.connect(1, port)).accepted(explain(ipv6Packet).exit() == 0 ? 1 : 0);
    }
  }

  @Test
  void explain_says_what_the_loaded_rules_do() {
    assertExplainedAsItIs();
    assertThat(explain("tcp 203.0.113.66 > :" + CLOSED).out()).contains("no rule of ours");

    assertThat(hostfirewall.apply(webServer()).exit()).isZero();
    assertExplainedAsItIs();
    assertThat(explain("tcp 203.0.113.66 > :" + CLOSED).out())
        .contains("web-server, spec.defaultActions.ingress")
        .containsPattern("HFW-RULES-[0-9a-f]{8}");
    assertThat(explain("tcp 203.0.113.66 > :" + WEB).out())
        .contains("web-server, spec.ingress[name=web].action");
    assertThat(explain("tcp 203.0.113.66 > :%d at 5/min".formatted(SSH)).out())
        .contains("web-server, spec.ingress[name=ssh].rateLimit");

    // Somebody else's rule below, and a change in one of ours: what stands is what is explained.
    host.iptables("-A INPUT -p tcp -m tcp --dport 7 -j DROP");
    var chain = Pattern.compile("HFW-RULES-[0-9a-f]{8}").matcher(host.iptables("-S"));
    assertThat(chain.find()).isTrue();
    host.iptables("-I %s -p tcp -m tcp --dport %d -j RETURN".formatted(chain.group(), CLOSED));
    assertExplainedAsItIs();
    assertThat(explain("tcp 203.0.113.66 > :" + CLOSED).out())
        .startsWith("tcp 203.0.113.66")
        .contains("Accepted: rule 1 of chain %s, which is not ours.".formatted(chain.group()))
        .contains("may drop what a policy accepts")
        .contains("were changed");
  }

  @Test
  void diff_says_what_an_apply_would_change() throws IOException {
    assertThat(diff(OPEN).exit()).isEqualTo(1);
    assertThat(hostfirewall.apply(OPEN).exit()).isZero();
    var same = diff(OPEN);
    assertThat(same.exit()).as(same.out()).isZero();

    var other = diff(webServer());
    assertThat(other.exit()).isEqualTo(1);
    assertThat(other.out())
        .contains("closes tcp/8081 to anyone (was open)")
        .contains("\"web-server/web\"")
        .contains("\n-");
    assertThat(attacker.connect(1, CLOSED)).accepted(1);
    assertThat(hostfirewall.apply(webServer()).exit()).isZero();
    assertThat(attacker.connect(1, CLOSED)).vanished();
    assertThat(diff(webServer()).exit()).isZero();

    var chain = Pattern.compile("HFW-RULES-[0-9a-f]{8}").matcher(host.iptables("-S"));
    assertThat(chain.find()).isTrue();
    host.iptables("-D %s 1".formatted(chain.group()));
    var drifted = diff(webServer());
    assertThat(drifted.exit()).isEqualTo(1);
    assertThat(drifted.out()).contains("+   1  ").contains("were changed");
  }

  @Test
  void diff_without_files_says_what_somebody_changed() {
    assertThat(since().exit()).isEqualTo(2);
    assertThat(since().err()).contains("could be compared");
    assertThat(hostfirewall.apply(OPEN).exit()).isZero();
    assertThat(since().exit()).as(since().out()).isZero();
    assertThat(attacker.connect(1, WEB)).vanished();

    var chain = Pattern.compile("HFW-RULES-[0-9a-f]{8}").matcher(host.iptables("-S"));
    assertThat(chain.find()).isTrue();
    host.iptables("-I %s -p tcp -m tcp --dport %d -j RETURN".formatted(chain.group(), WEB));
    assertThat(attacker.connect(1, WEB)).accepted(1);

    assertThat(since().exit()).isEqualTo(1);
    assertThat(since().out())
        .contains(
            "--- kernel\n+++ confirmed hfr-", "\n-   1  -p tcp -m tcp --dport %d".formatted(WEB))
        .contains("  closes tcp/%d to any IPv4 address (was open)".formatted(WEB));
  }

  @Test
  void diff_sees_what_lets_packets_by_before_the_rules() throws IOException {
    assertThat(hostfirewall.apply(OPEN).exit()).isZero();
    assertThat(attacker.connect(1, WEB)).vanished();
    host.iptables("-I INPUT -p tcp -m tcp --dport %d -j ACCEPT".formatted(WEB));
    assertThat(attacker.connect(1, WEB)).accepted(1);

    assertThat(since().exit()).isEqualTo(1);
    assertThat(since().out())
        .contains("somebody changed how packets come to them", "--dport " + WEB);
    assertThat(diff(OPEN).exit()).isEqualTo(1);
    assertThat(hostfirewall.run("status", "--state-dir", hostfirewall.state()).out())
        .startsWith("Not enforced")
        .contains("Somebody changed it: hostfirewall diff says how");
  }

  /** What was confirmed last, against the kernel. */
  private Shell.Result since() {
    return hostfirewall.run("diff", "--state-dir", hostfirewall.state());
  }

  @Test
  void diff_names_the_networks_of_a_set_that_somebody_changed() {
    var policy =
        policy(
            "office",
            "ingress: [{name: ssh, action: Accept, from: [{networks: [198.51.100.0/24]}]}]");
    assertThat(hostfirewall.apply(policy).exit()).isZero();
    var set = Pattern.compile("hfw4-r-[0-9a-f]{12}").matcher(host.iptables("-S"));
    assertThat(set.find()).isTrue();
    topology.host().run("ipset", "add", set.group(), "203.0.113.66");

    assertThat(since().out())
        .contains(
            "@@ ipv4 set %s: ".formatted(set.group()),
            "\n-      203.0.113.66\n",
            "closes everything to 203.0.113.66 (was open)");
  }

  @Test
  void diff_of_files_is_left_to_the_plug_in_where_only_an_agent_knows_the_cluster()
      throws IOException, InterruptedException {
    var agent = hostfirewall.startAgent();
    try {
      var lock = Path.of(hostfirewall.state(), "agent.lock");
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> Files.exists(lock) && Files.readString(lock).contains(" run "));

      var refused = diff(OPEN);
      assertThat(refused.exit()).isEqualTo(2);
      assertThat(refused.err())
          .contains("only its agent knows", "kubectl hostfirewall diff --node");
    } finally {
      agent.destroyForcibly().waitFor();
    }
  }
}
