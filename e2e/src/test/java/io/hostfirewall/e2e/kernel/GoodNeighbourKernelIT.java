package io.hostfirewall.e2e.kernel;

import static io.hostfirewall.e2e.kernel.AnswersAssert.assertThat;
import static io.hostfirewall.e2e.kernel.Policies.WEB;
import static io.hostfirewall.e2e.kernel.Policies.policy;
import static io.hostfirewall.e2e.kernel.Policies.webServer;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What others wrote stays as they wrote it, and keeps its effect. */
@OnEveryBackEndAndFamily
class GoodNeighbourKernelIT extends KernelTest {

  @BeforeEach
  void othersWereHereBefore() {
    host.listen(WEB, 8081);
    host.run("ipset create others hash:ip family " + setting.family().pick("inet", "inet6"));
    host.run("ipset add others " + bystander.address().getHostAddress());
    for (var rule :
        List.of(
            "-N OTHERS",
            "-A OTHERS -m set --match-set others src -j DROP",
            "-A OTHERS -p tcp -m tcp --dport 8082 -m comment --comment OTHERS -j ACCEPT",
            "-A INPUT -p udp -m udp --dport 7 -j DROP",
            "-A INPUT -j OTHERS",
            "-P FORWARD DROP",
            "-t raw -A PREROUTING -p tcp -m tcp --dport 7777 -j DROP",
            "-t mangle -A PREROUTING -p tcp -m tcp --dport 7778 -j DROP",
            "-t nat -A PREROUTING -p tcp -m tcp --dport 7779 -j REDIRECT --to-ports 80")) {
      host.iptables(rule);
    }
    host.run("nft add table inet others");
    host.run("nft add chain inet others input { type filter hook input priority 10 ; }");
    host.run("nft add rule inet others input tcp dport 7780 drop");
    attacker.datagrams(3, 7); // Counted by a rule of theirs.
  }

  @Test
  void rules_policies_counters_and_sets_of_others_stay() {
    var before = host.rulesOfAll();

    host.apply(webServer());
    assertThat(host.rulesOfOthers()).isEqualTo(before);

    host.apply(policy("other", "ingress: [{name: any, action: Accept}]"));
    assertThat(host.rulesOfOthers()).isEqualTo(before);

    host.remove();
    assertThat(host.rulesOfAll()).isEqualTo(before);
    assertThat(before).contains("[3:");
  }

  @Test
  void what_we_let_pass_is_still_judged_by_others() {
    host.apply(webServer());

    assertThat(attacker.connect(5, WEB)).accepted(5);
    assertThat(bystander.connect(5, WEB)).vanished();
    host.iptables("-I INPUT -p tcp -m tcp --dport 80 -j REJECT --reject-with tcp-reset");
    assertThat(attacker.connect(5, WEB)).delivered(0).reset(5);
  }

  @Test
  void who_lets_packets_by_before_us_is_overtaken() {
    host.iptables("-N empty");
    for (var rule :
        List.of("-j ACCEPT", "-j RETURN", "-g empty", "-j NFQUEUE --queue-num 7 --queue-bypass")) {
      host.apply(webServer());
      host.iptables("-I INPUT " + rule);
      assertThat(attacker.connect(1, 8081)).as("control: %s", rule).accepted(1);

      host.follow(webServer());

      assertThat(attacker.connect(1, 8081)).as(rule).vanished();
      host.remove();
      host.iptables("-D INPUT " + rule);
    }
  }

  @Test
  void after_removal_everything_is_open_again() {
    host.apply(webServer());
    assertThat(attacker.connect(5, 8081)).vanished();

    host.remove();
    assertThat(attacker.connect(5, 8081)).accepted(5);
  }
}
