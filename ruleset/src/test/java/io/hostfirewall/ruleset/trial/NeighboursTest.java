package io.hostfirewall.ruleset.trial;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.TableName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NeighboursTest {

  private static final String OURS =
      "-A INPUT -m comment --comment \"(built-in) host firewall\" -j HFW-INPUT\n";

  private static Neighbours of(String policy, String rules) {
    var saved =
        """
        *filter
        :INPUT %s [0:0]
        :FORWARD ACCEPT [0:0]
        :HFW-INPUT - [0:0]
        :KUBE-FIREWALL - [0:0]
        :KUBE-FORWARD - [0:0]
        :one - [0:0]
        :two - [0:0]
        -A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -j DROP
        -A KUBE-FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT
        -A one -j two
        -A two -j one
        -A two -s 192.0.2.0/24 -j ACCEPT
        %sCOMMIT
        """
            .formatted(policy, rules);
    return KernelState.read(Family.IPV4, saved).table(TableName.FILTER).neighbours();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-A INPUT -j ACCEPT",
        "-A INPUT -i eth0 -j ACCEPT",
        "-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT",
        "-A INPUT -j KUBE-FORWARD",
        "-A INPUT -g one",
        "-A INPUT ! -i lo -j ACCEPT",
        "-A INPUT -m conntrack ! --ctstate RELATED,ESTABLISHED -j ACCEPT",
        "-A INPUT -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT",
        "-A INPUT -p udp -j RETURN",
        "-A INPUT -g KUBE-FIREWALL",
        "-A INPUT -j NFQUEUE --queue-num 0 --queue-bypass",
        "-A INPUT -m comment --comment \"as with -j DROP\" -j ACCEPT",
        "-A INPUT -m comment --comment -j -j ACCEPT",
        "-A INPUT -m comment --comment \"not -i lo \" -j ACCEPT",
      })
  void who_accepts_before_us_is_named(String rule) {
    assertThat(of("ACCEPT", rule + "\n" + OURS).above())
        .containsExactly(
            "rule 1 of chain INPUT (" + rule + ", not ours) accepts before HFW-INPUT is reached");
    assertThat(of("ACCEPT", OURS + rule + "\n").above()).as("below us").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-A INPUT -i lo -j ACCEPT",
        "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
        "-A INPUT -j KUBE-FIREWALL",
        "-A INPUT -s 192.0.2.0/24 -j DROP",
        "-A INPUT -i lo -j RETURN",
        "-A INPUT -p udp",
        "-A INPUT -p udp -m comment --comment \"-j ACCEPT\"",
        "-A INPUT -j LOG --log-prefix \" -j ACCEPT \"",
      })
  void who_opens_nothing_that_we_close_may_stand_before_us(String rule) {
    assertThat(of("ACCEPT", rule + "\n" + OURS)).isEqualTo(Neighbours.none());
  }

  @Test
  void who_returns_to_a_policy_that_drops_opens_nothing() {
    assertThat(of("DROP", "-A INPUT -p udp -j RETURN\n-A INPUT -g KUBE-FIREWALL\n" + OURS).above())
        .isEmpty();
  }

  @Test
  void who_may_drop_what_we_let_pass_is_named() {
    assertThat(of("DROP", OURS + "-A INPUT -p udp -j DROP\n").below())
        .containsExactly(
            "rule 2 of chain INPUT (-A INPUT -p udp -j DROP, not ours) may drop what a policy accepts",
            "the policy of chain INPUT drops what no other rule accepts");
    assertThat(of("ACCEPT", OURS).below()).isEmpty();
  }

  @Test
  void where_we_have_no_jump_others_do_nothing_to_us() {
    assertThat(of("DROP", "-A INPUT -j ACCEPT\n")).isEqualTo(Neighbours.none());
  }

  @Test
  void what_goes_to_the_loopback_may_be_accepted_before_what_is_sent_is_judged() {
    var saved =
        """
        *filter
        :OUTPUT ACCEPT [0:0]
        :HFW-OUTPUT - [0:0]
        -A OUTPUT -o lo -j ACCEPT
        %s-A OUTPUT -m comment --comment "(built-in) host firewall" -j HFW-OUTPUT
        COMMIT
        """;
    assertThat(ofEgress(saved.formatted(""))).isEqualTo(Neighbours.none());
    assertThat(ofEgress(saved.formatted("-A OUTPUT -p udp -j ACCEPT\n")).above()).hasSize(1);
  }

  private static Neighbours ofEgress(String saved) {
    return KernelState.read(Family.IPV4, saved).table(TableName.EGRESS).neighbours();
  }
}
