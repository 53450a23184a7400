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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The installed program on a host without a cluster. */
@OnEveryBackEnd
class CommandLineKernelIT extends KernelTest {

  private static final int CLOSED = 8081;

  private static final String READY = "http://127.0.0.1:9473/readyz";

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

  private static void assertDone(Shell.Result result) {
    assertThat(result.exit()).as(result.err()).isZero();
  }

  @Test
  void applies_the_web_server_and_cleans_up() {
    host.sysctl("ipv4.conf.all.accept_local=1");
    var asHost = client("192.0.2.1", "2001:db8:1::1");
    assertThat(asHost.connect(20, WEB)).delivered(20);
    var before = host.rulesOfAll();

    assertDone(hostfirewall.apply(webServer()));
    assertThat(attacker.connect(20, SSH)).accepted(1);
    assertThat(ipv6.connect(20, SSH)).accepted(1);
    assertThat(attacker.connect(20, CLOSED)).vanished();
    assertThat(ipv6.connect(20, CLOSED)).vanished();
    assertThat(asHost.connect(20, WEB)).vanished();

    assertDone(hostfirewall.run("cleanup", "--state-dir", hostfirewall.state()));
    assertThat(host.rulesOfAll()).isEqualTo(before);
    assertDone(hostfirewall.run("cleanup", "--state-dir", hostfirewall.state()));
    assertThat(attacker.connect(1, CLOSED)).accepted(1);
  }

  @Test
  void a_killed_program_leaves_a_trial_that_the_kernel_ends() {
    assertDone(hostfirewall.apply(OPEN));
    var before = host.rulesAtRest();

    hostfirewall.whenConfirming("kill -9 $PPID; exit 1");
    var killed = hostfirewall.apply(webServer(), "--trial", "5s");
    assertThat(killed.exit()).isEqualTo(128 + 9);
    assertThat(attacker.connect(1, CLOSED)).vanished();
    assertThat(ipv6.connect(1, CLOSED)).vanished();
    host.iptables("-A INPUT -p tcp -m tcp --dport 7 -j DROP");

    await()
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(100))
        .untilAsserted(() -> assertThat(attacker.connect(1, CLOSED)).accepted(1));
    await()
        .atMost(Duration.ofSeconds(1))
        .untilAsserted(() -> assertThat(ipv6.connect(1, CLOSED)).accepted(1));

    // The next run finds the trial, and puts everything in order but what others did meanwhile.
    hostfirewall.asUsual();
    assertDone(hostfirewall.apply(OPEN));
    assertThat(host.iptables("-S INPUT")).contains("--dport 7 -j DROP");
    host.iptables("-D INPUT -p tcp -m tcp --dport 7 -j DROP");
    assertThat(host.rulesAtRest()).isEqualTo(before);
  }

  @Test
  void a_confirmation_that_comes_too_late_brings_nothing_back() {
    assertDone(hostfirewall.apply(OPEN));
    var before = host.rulesAtRest();

    // As if the machine had been suspended between the two.
    hostfirewall.whenConfirming(
        "while %s test hfw4-trial 192.0.2.1; do sleep 0.05; done".formatted(hostfirewall.ipset()));
    var late = hostfirewall.apply(webServer(), "--trial", "3s");
    assertThat(late.exit()).isEqualTo(4);
    assertThat(late.err()).contains("rolled back");
    assertThat(host.rulesAtRest()).isEqualTo(before);
    assertThat(attacker.connect(1, CLOSED)).accepted(1);
  }

  @Test
  void who_says_nothing_at_a_terminal_gets_the_old_rules_back() throws Exception {
    assertDone(hostfirewall.apply(OPEN));

    for (var typed : List.of("", "n\n")) {
      var asked = hostfirewall.applyAtTerminal(webServer(), typed, "--trial", "6s");
      assertThat(asked.exit()).as(asked.out()).isEqualTo(4);
      assertThat(asked.out()).contains("Can you still connect? [y/N]");
      assertThat(asked.out().contains("in  1 s")).as("it counts down").isEqualTo(typed.isEmpty());
      assertThat(attacker.connect(1, CLOSED)).accepted(1);
    }

    var confirmed = hostfirewall.applyAtTerminal(webServer(), "y\n", "--trial", "6s");
    assertThat(confirmed.exit()).as(confirmed.out()).isZero();
    assertThat(attacker.connect(1, CLOSED)).vanished();
  }

  @Test
  void a_second_writer_is_refused_and_told_who_is_at_work() throws Exception {
    var reached = folder.resolve("reached");
    var go = folder.resolve("go");
    host.run("mkfifo " + go);
    hostfirewall.whenConfirming("touch %s; cat %s".formatted(reached, go));
    var first = hostfirewall.startApply(OPEN);
    await().atMost(Duration.ofSeconds(10)).until(() -> Files.exists(reached));

    var second = hostfirewall.apply(webServer());
    Files.writeString(go, "go");

    assertThat(second.exit()).isEqualTo(3);
    assertThat(second.err()).contains("hostfirewall apply (process ");
    assertDone(first.get());
    assertThat(attacker.connect(1, CLOSED)).accepted(1);
  }

  @Test
  void only_named_uplinks_are_judged() {
    assertDone(hostfirewall.apply(webServer(), "--uplink", "eth0"));
    assertThat(attacker.connect(1, CLOSED)).vanished();
    assertThat(pod.connect(31000, host.address(), CLOSED)).map(Session::isAlive).contains(true);

    assertDone(hostfirewall.apply(webServer()));
    assertThat(pod.connect(31000, host.address(), CLOSED)).isEmpty();
  }

  @Test
  void an_invalid_policy_changes_nothing_and_is_explained() {
    var before = host.rulesOfAll();

    var refused = hostfirewall.apply(webServer().replace("burst: 500", "brust: 500"));
    assertThat(refused.exit()).isEqualTo(2);
    assertThat(refused.err()).contains("brust").contains("burst");
    assertThat(host.rulesOfAll()).isEqualTo(before);
  }

  @Test
  void status_says_what_is_enforced() {
    var backEnd = setting.backEnd().word();
    assertDone(hostfirewall.apply(webServer()));

    var status = hostfirewall.run("status", "--state-dir", hostfirewall.state());
    assertDone(status);
    assertThat(status.out()).contains("hfr-").contains(backEnd);

    host.iptables("-F HFW-INPUT");
    assertThat(hostfirewall.run("status", "--state-dir", hostfirewall.state()).exit()).isEqualTo(1);
    assertDone(hostfirewall.apply(webServer()));
    assertThat(attacker.connect(1, CLOSED)).vanished();
  }

  @Test
  void closes_the_way_out_shows_it_explains_it_and_opens_it_again() {
    var before = host.rulesOfAll();
    assertDone(hostfirewall.apply(policy("inside", "defaultActions: {egress: Deny}")));
    assertThat(host.sends(5, attacker.address(), 7001)).isZero();

    var status = hostfirewall.run("status", "--state-dir", hostfirewall.state());
    assertDone(status);
    assertThat(status.out())
        .contains("filter HFW-OUTPUT-RULES")
        .contains("inside#defaultActions.egress");
    var explained = hostfirewall.run("explain", "udp > 203.0.113.66:7001 out eth0");
    assertThat(explained.exit()).as(explained.err()).isEqualTo(1);
    assertThat(explained.out()).contains("spec.defaultActions.egress");
    host.iptables("-F OUTPUT");
    var flushed = hostfirewall.run("status", "--state-dir", hostfirewall.state());
    assertThat(flushed.exit()).isEqualTo(1);
    assertThat(flushed.out()).contains("OUTPUT holds 0 jumps to HFW-OUTPUT instead of one");

    assertDone(hostfirewall.run("cleanup", "--state-dir", hostfirewall.state()));
    assertThat(host.rulesOfAll()).isEqualTo(before);
    assertThat(host.sends(5, attacker.address(), 7001)).isEqualTo(5);
  }

  @Test
  void says_what_a_policy_that_is_only_audited_would_have_dropped() {
    assertDone(
        hostfirewall.apply(
            policy(
                "tried",
                "enforcement: Audit\ningress: [{name: web, action: Accept, ports: [{protocol: TCP, port: 80}]}]")));
    assertThat(attacker.connect(5, CLOSED)).accepted(5);
    assertThat(ipv6.connect(2, CLOSED)).accepted(2);

    var status = hostfirewall.run("status", "--state-dir", hostfirewall.state());
    assertDone(status);
    assertThat(status.out())
        .contains("enforced, they would have dropped or rejected 7 packets")
        .contains("(audit Deny) (default) defaultActions.ingress");
  }

  @Test
  void a_host_that_is_left_for_good_keeps_nothing() throws Exception {
    assertDone(hostfirewall.apply(webServer()));

    var cleanup =
        hostfirewall.start(
            "cleanup", "--yes", "--forget", "--hold", "--state-dir", hostfirewall.state());
    try {
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> topology.host().attempt(List.of("curl", "-sf", READY), "").exit() == 0);
      assertThat(attacker.connect(1, CLOSED)).accepted(1);
      assertThat(host.rulesOfAll()).doesNotContain("HFW-").doesNotContain("hfw4-");
      assertThat(Path.of(hostfirewall.state())).doesNotExist();
      assertThat(cleanup.isAlive()).isTrue();
    } finally {
      cleanup.destroy();
    }
    assertThat(cleanup.waitFor(3, TimeUnit.SECONDS)).as("ended by the signal").isTrue();

    assertDone(hostfirewall.apply(webServer()));
    assertThat(attacker.connect(1, CLOSED)).vanished();
  }

  @Test
  void a_locked_down_container_suffices() {
    hostfirewall.confine("net_admin", "net_raw");

    assertDone(hostfirewall.apply(webServer()));
    assertThat(attacker.connect(20, SSH)).accepted(1);
    assertThat(attacker.connect(1, CLOSED)).vanished();
    var status = hostfirewall.run("status", "-o", "json", "--state-dir", hostfirewall.state());
    assertDone(status);
    assertThat(status.out()).contains("\"enforced\" : true");
    assertDone(hostfirewall.run("cleanup", "--state-dir", hostfirewall.state()));
    assertThat(attacker.connect(1, CLOSED)).accepted(1);
  }

  @Test
  void without_raw_sockets_iptables_finds_no_sets() {
    hostfirewall.confine("net_admin");

    assertThat(hostfirewall.apply(webServer()).exit()).isEqualTo(3);
    assertThat(attacker.connect(1, CLOSED)).accepted(1);
  }
}
