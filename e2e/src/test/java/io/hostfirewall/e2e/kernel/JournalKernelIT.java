package io.hostfirewall.e2e.kernel;

import static io.hostfirewall.e2e.kernel.AnswersAssert.assertThat;
import static io.hostfirewall.e2e.kernel.Policies.SSH;
import static io.hostfirewall.e2e.kernel.Policies.WEB;
import static io.hostfirewall.e2e.kernel.Policies.policy;
import static io.hostfirewall.e2e.kernel.Policies.webServer;
import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.e2e.lab.Family;
import io.hostfirewall.e2e.lab.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left when the program is killed, and what is kept for the next start. */
@OnEveryBackEnd
class JournalKernelIT extends KernelTest {

  private static final int CLOSED = 8081;
  private static final int KILLED = 128 + 9;

  private static final String OPEN =
      policy(
          "open", "ingress: [{name: any, action: Accept, ports: [{protocol: TCP, port: 8081}]}]");

  @TempDir Path folder;

  private Program hostfirewall;

  @BeforeEach
  void install() {
    host.listen(SSH, WEB, CLOSED);
    hostfirewall = new Program(topology.host(), setting.backEnd(), folder);
  }

  private static void assertDone(Shell.Result result) {
    assertThat(result.exit()).as(result.err()).isZero();
  }

  @Test
  void wherever_it_is_killed_the_next_one_puts_everything_in_order() {
    assertDone(hostfirewall.apply(OPEN));
    host.iptables("-A INPUT -p tcp -m tcp --dport 7 -j DROP");
    var open = host.rulesAtRest();
    hostfirewall.dieBefore(0);
    assertDone(hostfirewall.apply(webServer()));
    var web = host.rulesAtRest();
    var writes = folder.resolve("writes").toFile().length();
    assertThat(writes).isGreaterThan(6);

    for (var write = 1; write <= writes; write++) {
      hostfirewall.dieBefore(0);
      assertDone(hostfirewall.apply(OPEN));
      assertThat(host.rulesAtRest()).isEqualTo(open);
      hostfirewall.dieBefore(write);

      assertThat(hostfirewall.apply(webServer()).exit()).as("write %d", write).isEqualTo(KILLED);

      assertThat(host.rulesAtRest())
          .as("killed before write %d: not all was done", write)
          .isNotEqualTo(web);
      hostfirewall.dieBefore(0);
      assertDone(hostfirewall.apply(webServer()));
      assertThat(host.rulesAtRest()).as("after write %d", write).isEqualTo(web);
    }
  }

  @Test
  void what_was_confirmed_is_loaded_by_the_kernels_own_programs_alone() throws IOException {
    assertDone(hostfirewall.apply(webServer()));
    var before = Rules.comparable(host.rulesAtRest());
    var saved = folder.resolve("copy");
    Shell.run(List.of("cp", "-r", hostfirewall.state() + "/saved", saved.toString()), "");
    assertDone(hostfirewall.run("cleanup", "--state-dir", hostfirewall.state()));
    assertThat(attacker.connect(1, CLOSED)).accepted(1);

    try (var groups = Files.list(saved)) {
      var only = groups.toList();
      assertThat(only).hasSize(1);
      var texts = only.getFirst();
      load("ipset restore", texts.resolve("ipset"));
      for (var family : Family.values()) {
        load(
            setting.backEnd().iptables(family) + "-restore --noflush",
            texts.resolve(family.pick("ipv4", "ipv6")));
      }
    }

    assertThat(Rules.comparable(host.rulesAtRest())).isEqualTo(before);
    assertThat(attacker.connect(1, CLOSED)).vanished();
  }

  private void load(String program, Path text) throws IOException {
    topology.host().run(List.of(program.split(" ")), Files.readString(text));
  }
}
