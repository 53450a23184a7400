package io.hostfirewall.e2e.kernel;

import static io.hostfirewall.e2e.kernel.AnswersAssert.assertThat;
import static io.hostfirewall.e2e.kernel.Policies.SSH;
import static io.hostfirewall.e2e.kernel.Policies.WEB;
import static io.hostfirewall.e2e.kernel.Policies.example;
import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.e2e.lab.Family;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples do what they say. */
@OnEveryBackEndAndFamily
class ExamplesKernelIT extends KernelTest {

  @BeforeEach
  void serve() {
    host.listen(22, WEB, SSH, 9100, 30080);
  }

  @Test
  void all_of_them_can_be_applied_together(@TempDir Path folder) {
    var hostfirewall = new Program(topology.host(), setting.backEnd(), folder);

    var rendered = hostfirewall.run("render", "-f", "../examples");
    assertThat(rendered.exit()).as(rendered.err()).isZero();
    assertThat(rendered.out())
        .contains("ssh-from-office", "ssh-for-offices", "node-ports", "inside", "web-server");
  }

  @Test
  void ssh_from_office_lets_in_the_office_without_its_guests() {
    host.apply(example("ssh-from-office"));

    assertThat(client("198.51.100.8", "2001:db8:100::8").connect(5, 22)).accepted(5);
    assertThat(client("198.51.100.200", "2001:db8:100:ff00::8").connect(5, 22)).vanished();
    assertThat(attacker.connect(5, 22)).vanished();
    assertThat(attacker.ping(60).echoed()).isBetween(50L, 60L);
  }

  @Test
  void offices_are_let_in_by_the_name_of_their_list_without_a_cluster(@TempDir Path folder) {
    var hostfirewall = new Program(topology.host(), setting.backEnd(), folder);

    var applied = hostfirewall.apply(example("offices"));

    assertThat(applied.exit()).as(applied.err()).isZero();
    assertThat(client("198.51.100.8", "2001:db8:100::8").connect(5, 22)).accepted(5);
    assertThat(client("198.51.100.200", "2001:db8:100:ff00::8").connect(5, 22)).vanished();
  }

  @Test
  void node_ports_are_open_beside_the_web_server() {
    host.apply(example("web-server"), example("node-ports"));

    assertThat(attacker.connect(5, 30080)).accepted(5);
    assertThat(attacker.connect(5, WEB)).accepted(5);
    assertThat(attacker.connect(5, 22)).vanished();
  }

  @Test
  void inside_says_no_to_friends_and_nothing_to_the_quarantined() {
    host.apply(example("inside"));

    var friend = client("10.1.2.3", "fd01::3");
    assertThat(friend.connect(5, 9100)).accepted(5);
    assertThat(friend.connect(5, 22)).delivered(0).reset(5);
    assertThat(client("10.66.2.3", "fd66::3").connect(5, 9100)).vanished();
  }

  @Test
  void closed_is_closed() {
    host.apply(example("closed"));

    assertThat(attacker.connect(5, WEB)).vanished();
    assertThat(attacker.ping(5)).vanished();
    assertThat(client(Family.IPV6, 66).connect(5, 22)).vanished();
  }
}
