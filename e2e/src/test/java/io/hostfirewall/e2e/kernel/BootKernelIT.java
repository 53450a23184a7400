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
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A host boots: its kernel is a fresh one, its disk is as it was, and the unit of systemd runs
 * before anything else of ours.
 */
@OnEveryBackEnd
class BootKernelIT extends KernelTest {

  private static final int CLOSED = 8081;

  private static final String READY = "http://127.0.0.1:9473/readyz";

  private static final String OPEN =
      policy(
          "open", "ingress: [{name: any, action: Accept, ports: [{protocol: TCP, port: 8081}]}]");

  @TempDir Path folder;

  private Program hostfirewall;
  private Path units;
  private Path usr;

  @BeforeEach
  void install() throws IOException {
    units = Files.createDirectory(folder.resolve("units"));
    usr = folder.resolve("usr");
    Files.createDirectories(usr.resolve("lib/systemd"));
    Files.createFile(usr.resolve("lib/systemd/systemd"));
    Files.createDirectory(usr.resolve("sbin"));
    for (var program : List.of("ipset", restore(Family.IPV4), restore(Family.IPV6))) {
      Files.createSymbolicLink(usr.resolve("sbin").resolve(program), Path.of("/on/the/host"));
    }
    start();
  }

  private String restore(Family family) {
    return setting.backEnd().iptables(family) + "-restore";
  }

  private void start() {
    host.listen(SSH, WEB, CLOSED);
    hostfirewall = new Program(topology.host(), setting.backEnd(), folder);
  }

  private void reboot() {
    destroy();
    make();
    start();
  }

  private Shell.Result apply(String policy, String... options) {
    return hostfirewall.apply(policy, withUnits(options));
  }

  private String[] withUnits(String... words) {
    var options = List.of("--systemd-dir", units.toString(), "--host-usr", usr.toString());
    return Stream.concat(Arrays.stream(words), options.stream()).toArray(String[]::new);
  }

  private static void assertDone(Shell.Result result) {
    assertThat(result.exit()).as(result.err()).isZero();
  }

  private Path unit() {
    return units.resolve("hostfirewall-boot.service");
  }

  private Path wanted() {
    return units.resolve("multi-user.target.wants/hostfirewall-boot.service");
  }

  private Path state(String file) {
    return Path.of(hostfirewall.state(), file);
  }

  /** Runs what systemd runs, as the unit says it. */
  private Shell.Result boot() throws IOException {
    var start = "ExecStart=";
    var command =
        Files.readAllLines(wanted()).stream()
            .filter(line -> line.startsWith(start))
            .map(line -> line.substring(start.length()))
            .findFirst()
            .orElseThrow();
    return hostfirewall.runBeside(List.of(command.split(" ")));
  }

  private void awaitReady() {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> topology.host().attempt(List.of("curl", "-sf", READY), "").exit() == 0);
  }

  private String status() {
    return hostfirewall.run("status", "--state-dir", hostfirewall.state()).out();
  }

  @Test
  void what_was_confirmed_is_enforced_before_any_program_of_ours_runs() throws IOException {
    assertDone(apply(webServer(), "--boot"));
    var before = Rules.comparable(host.rulesAtRest());
    assertThat(status()).contains("confirmed last are loaded before the network is up");

    reboot();
    assertThat(attacker.connect(1, CLOSED)).as("without the unit").accepted(1);

    assertDone(boot());

    assertThat(Rules.comparable(host.rulesAtRest())).isEqualTo(before);
    assertThat(attacker.connect(20, SSH)).accepted(1);
    assertThat(attacker.connect(5, CLOSED)).vanished();
    assertThat(client(Family.IPV6, 66).connect(5, CLOSED)).vanished();
    assertThat(client(Family.IPV6, 66).connect(1, WEB)).accepted(1);

    // Neither the next program nor the unit a second time loads what stands.
    var dropped = Rules.dropped(host.rulesOfAll());
    assertThat(dropped).isPositive();
    var again = apply(webServer());
    assertDone(again);
    assertThat(again.out()).contains("is enforced already");
    assertDone(boot());
    assertThat(Rules.dropped(host.rulesOfAll())).as("not reloaded").isEqualTo(dropped);
    assertThat(Rules.comparable(host.rulesAtRest())).isEqualTo(before);
  }

  /** As iptables-persistent loads them, which comes first. */
  @Test
  void rules_that_others_loaded_before_stay() throws IOException {
    assertDone(apply(webServer(), "--boot"));
    reboot();
    host.iptables("-A INPUT -p tcp -m tcp --dport 7 -j DROP");
    host.iptables("-P FORWARD DROP");
    var others = host.rulesOfOthers();

    assertDone(boot());

    assertThat(host.rulesOfOthers()).isEqualTo(others);
    assertThat(attacker.connect(1, CLOSED)).vanished();
    assertThat(apply(webServer()).out()).contains("is enforced already");
  }

  @Test
  void an_agent_that_starts_later_adopts_what_stands() throws Exception {
    assertDone(apply(webServer(), "--boot"));
    reboot();
    assertDone(boot());
    assertThat(attacker.connect(5, CLOSED)).vanished();
    var standing = Rules.dropped(host.rulesOfAll());
    assertThat(standing).isPositive();

    var agent = hostfirewall.startAgent(withUnits("--boot"));
    try {
      awaitReady();

      assertThat(attacker.connect(5, CLOSED)).vanished();
      assertThat(Rules.dropped(host.rulesOfAll())).as("not reloaded").isGreaterThan(standing);
    } finally {
      agent.destroy();
      agent.waitFor();
    }
    assertThat(unit()).exists();
  }

  /** The unit loads rules by the iptables of before, and kubelet uses the other one by now. */
  @Test
  void a_host_that_uses_another_iptables_ends_with_rules_in_that_one_only() throws Exception {
    assertDone(apply(webServer(), "--boot"));
    var former = setting.backEnd();
    var used = former.other();
    var rules = ours(former);
    reboot();
    assertDone(boot());
    assertThat(ours(former)).isEqualTo(rules);
    host.run(used.iptables(Family.IPV4) + " -t mangle -N KUBE-IPTABLES-HINT");
    for (var family : Family.values()) {
      var program = used.iptables(family) + "-restore";
      Files.createSymbolicLink(usr.resolve("sbin").resolve(program), Path.of("/on/the/host"));
    }

    hostfirewall.findBackEnd();
    var agent = hostfirewall.startAgent(withUnits("--boot"));
    try {
      awaitReady();
    } finally {
      agent.destroy();
      agent.waitFor();
    }

    assertThat(ours(former)).isEmpty();
    assertThat(ours(used)).isEqualTo(rules);
    assertThat(attacker.connect(5, CLOSED)).vanished();
    assertThat(client(Family.IPV6, 66).connect(5, CLOSED)).vanished();
    assertThat(client(Family.IPV6, 66).connect(1, WEB)).accepted(1);

    reboot();
    assertDone(boot());
    assertThat(ours(former)).as("after the next boot").isEmpty();
    assertThat(ours(used)).isEqualTo(rules);
    // Somebody at the keyboard goes back to the first.
    assertDone(apply(webServer()));
    assertThat(ours(former)).isEqualTo(rules);
    assertThat(ours(used)).isEmpty();
  }

  /**
   * What stands of ours in one of the two, in both families; each prints tables in its own order.
   */
  private List<String> ours(BackEnd backEnd) {
    return Arrays.stream(Family.values())
        .flatMap(family -> host.run(backEnd.iptables(family) + "-save").lines())
        .filter(line -> line.contains("HFW-"))
        .map(line -> line.startsWith(":") ? line.replaceFirst(" .*", "") : line)
        .sorted()
        .toList();
  }

  @Test
  void a_plug_pulled_in_a_trial_brings_the_confirmed_rules_back() throws IOException {
    assertDone(apply(OPEN, "--boot"));
    var open = Rules.comparable(host.rulesAtRest());
    hostfirewall.whenConfirming("kill -9 $PPID; exit 1");
    assertThat(apply(webServer()).exit()).isEqualTo(128 + 9);
    assertThat(attacker.connect(1, CLOSED)).as("on trial").vanished();

    hostfirewall.asUsual();
    reboot();
    assertDone(boot());

    assertThat(Rules.comparable(host.rulesAtRest())).isEqualTo(open);
    assertThat(attacker.connect(1, CLOSED)).accepted(1);
    assertThat(attacker.connect(1, WEB)).vanished();
  }

  @Test
  void wherever_the_plug_is_pulled_the_boot_loads_one_whole_rule_set() throws IOException {
    assertDone(apply(webServer(), "--boot"));
    var web = Rules.comparable(host.rulesAtRest());
    assertDone(apply(OPEN));
    var open = Rules.comparable(host.rulesAtRest());
    hostfirewall.dieBefore(0);
    assertDone(apply(webServer()));
    var writes = folder.resolve("writes").toFile().length();
    assertThat(writes).isGreaterThan(6);

    var booted = new HashMap<String, Integer>();
    for (var write = 1; write <= writes; write++) {
      hostfirewall.dieBefore(0);
      assertDone(apply(OPEN));
      hostfirewall.dieBefore(write);
      assertThat(apply(webServer()).exit()).as("write %d", write).isEqualTo(128 + 9);
      hostfirewall.dieBefore(0);
      reboot();
      assertDone(boot());

      var loaded = Rules.comparable(host.rulesAtRest());
      assertThat(loaded).as("before write %d", write).isIn(open, web);
      booted.merge(loaded, 1, Integer::sum);
    }
    assertThat(booted).as("control: of both kinds").containsOnlyKeys(open, web);
  }

  @Test
  void half_is_never_loaded() throws IOException {
    assertDone(apply(webServer(), "--boot"));
    reboot();
    host.iptables("-A INPUT -p tcp -m tcp --dport 7 -j DROP");
    var before = Rules.withoutEmptyTables(host.rulesAtRest());
    String saved;
    try (var groups = Files.list(state("saved"))) {
      saved = groups.findFirst().orElseThrow().toString();
    }
    for (var text : List.of("ipset", "ipv4", "ipv6")) {
      var file = Path.of(saved, text);
      refused(file, whole -> whole.substring(0, whole.length() - 40), "damaged or gone: " + text);
      // The kernel refuses what is whole by its sum, and has loaded what comes before it.
      refused(file, BootKernelIT::spoilt, text.equals("ipset") ? "sets: " : named(text));
      assertThat(Rules.withoutEmptyTables(host.rulesAtRest())).as(text).isEqualTo(before);
      assertThat(attacker.connect(1, CLOSED)).accepted(1);
    }
    refused(state("journal"), whole -> whole.replace('1', '2'), "the journal is damaged");

    assertDone(boot());
    assertThat(attacker.connect(1, CLOSED)).as("control: nothing is damaged").vanished();
    assertThat(status()).doesNotContain("the last time nothing was");
  }

  @Test
  void a_host_that_got_ipv6_between_two_boots_is_closed_in_ipv4_as_before() throws IOException {
    hostfirewall.withoutIpv6();
    assertDone(apply(webServer(), "--boot"));
    assertThat(client(Family.IPV6, 66).connect(1, CLOSED)).as("nobody looks after it").accepted(1);
    reboot();

    var booted = boot();

    assertDone(booted);
    assertThat(booted.out()).endsWith("for IPv4\n");
    assertThat(attacker.connect(1, CLOSED)).vanished();
    assertThat(client(Family.IPV6, 66).connect(1, CLOSED)).accepted(1);
    hostfirewall.freely();
    assertDone(apply(webServer()));
    assertThat(client(Family.IPV6, 66).connect(1, CLOSED)).vanished();
  }

  private static String named(String text) {
    return text.equals("ipv4") ? "IPv4: " : "IPv6: ";
  }

  /** A text that is whole by its sum, and whose end the kernel refuses. */
  private static String spoilt(String whole) {
    var text = whole.substring(0, whole.lastIndexOf("# sum "));
    var nonsense =
        text.contains("COMMIT")
            ? text + "*filter\n-A INPUT -m set --match-set no-such-set src -j DROP\nCOMMIT\n"
            : text + "add no-such-set 192.0.2.1\n";
    var sum = Shell.run(List.of("sha256sum"), nonsense).substring(0, 16);
    return nonsense + "# sum " + sum + "\n";
  }

  private void refused(Path file, UnaryOperator<String> damage, String why) throws IOException {
    var whole = Files.readString(file);
    Files.writeString(file, damage.apply(whole));
    var refused = boot();
    Files.writeString(file, whole);

    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.err()).contains("nothing was loaded at boot").contains(why);
    assertThat(status()).contains("the last time nothing was: ").contains(why);
  }

  /** A module may be gone with the kernel that it was for. */
  @Test
  void a_kernel_that_can_leave_no_connection_untracked_any_more_is_given_all_other_rules()
      throws Exception {
    assertDone(apply(webServer(), "--boot"));
    host.joinCluster();
    host.administrator(visitor().address(), SSH, false);
    host.firewall().remember(Path.of(hostfirewall.state()), webServer());
    reboot();
    assertDone(boot());
    assertThat(host.rulesAtRest()).as("control").contains("-j CT --notrack");
    assertThat(attacker.connect(1, CLOSED)).vanished();

    reboot();
    hostfirewall.withoutExtension("CT");
    var booted = boot();

    assertDone(booted);
    assertThat(booted.err()).contains("IPv4 without rules that keep SSH from being tracked");
    assertThat(host.rulesAtRest()).contains("HFW-INPUT").doesNotContain("-j CT");
    assertThat(attacker.connect(1, CLOSED)).vanished();
    assertThat(client(Family.IPV6, 66).connect(1, CLOSED)).vanished();

    var agent = hostfirewall.startAgent();
    try {
      awaitReady();
      host.iptables("-F HFW-INPUT");
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(attacker.connect(1, CLOSED)).vanished());
      assertThat(client(Family.IPV6, 66).connect(1, CLOSED)).vanished();
      assertThat(host.rulesAtRest()).doesNotContain("-j CT");
    } finally {
      agent.destroyForcibly().waitFor();
    }
  }

  @Test
  void a_host_that_was_switched_off_boots_without_rules() throws IOException {
    assertDone(apply(webServer(), "--boot"));
    assertDone(hostfirewall.run("cleanup", "--state-dir", hostfirewall.state()));
    reboot();

    assertDone(boot());

    assertThat(host.rulesOfAll()).doesNotContain("HFW-").doesNotContain("hfw4-");
    assertThat(attacker.connect(1, CLOSED)).accepted(1);
  }

  private Shell.Result forget(Path units) {
    return hostfirewall.run(
        "cleanup", "--forget", "--state-dir=" + hostfirewall.state(), "--systemd-dir=" + units);
  }

  @Test
  void the_unit_goes_as_it_came() {
    assertDone(apply(webServer(), "--boot"));
    assertThat(unit()).exists();
    assertThat(wanted()).isSymbolicLink();
    assertThat(Shell.attempt(List.of("systemd-analyze", "verify", unit().toString()), "").err())
        .doesNotContain("hostfirewall-boot.service");

    assertDone(apply(webServer()));
    assertThat(unit()).as("nothing was said about it").exists();
    assertDone(apply(webServer(), "--no-boot"));
    assertThat(unit()).doesNotExist();
    assertThat(wanted()).doesNotExist();

    assertDone(apply(webServer(), "--boot"));
    assertDone(forget(units));
    assertThat(unit()).doesNotExist();
    assertThat(wanted()).doesNotExist();
    assertThat(Path.of(hostfirewall.state())).doesNotExist();
  }

  @Test
  void a_unit_that_cannot_be_reached_takes_itself_away() throws IOException {
    assertDone(apply(webServer(), "--boot"));
    var left = forget(folder.resolve("nowhere"));
    assertDone(left);
    assertThat(left.out()).contains("goes at the next boot");
    reboot();

    assertDone(boot());

    assertThat(host.rulesOfAll()).doesNotContain("HFW-");
    assertThat(unit()).doesNotExist();
    assertThat(wanted()).doesNotExist();
    assertThat(Path.of(hostfirewall.state())).doesNotExist();
  }

  @Test
  void a_host_that_cannot_is_told_so() throws IOException {
    Files.delete(usr.resolve("sbin/ipset"));

    var applied = apply(webServer(), "--boot");

    assertThat(applied.exit()).isEqualTo(1);
    assertThat(applied.err()).contains("this host has no ipset of its own");
    assertThat(attacker.connect(1, CLOSED)).vanished();
    assertThat(unit()).doesNotExist();
    assertThat(status()).contains("At boot nothing is loaded before the agent starts: this host");
  }
}
