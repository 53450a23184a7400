package io.hostfirewall.ruleset.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.hostfirewall.ruleset.RuleArbitraries;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.PortRange;
import io.hostfirewall.ruleset.model.Protocol;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.TcpFlag;
import io.hostfirewall.ruleset.render.RuleText;
import java.util.Set;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SaveParserTest {

  @Provide
  Arbitrary<Rule> rules() {
    return RuleArbitraries.rules();
  }

  @Property
  void a_rule_of_ours_comes_back_as_the_same_rule(@ForAll("rules") Rule rule) {
    assertThat(RuleParser.parse(RuleText.of(rule))).isEqualTo(rule);
  }

  @Property
  void any_words_come_back_as_they_were(@ForAll String words) {
    var line = words.replaceAll("[\\r\\n]", "").strip();
    assertThat(RuleText.of(RuleParser.parse(line)).strip()).isEqualTo(line);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-p tcp -m tcp --sport 1024:65535 --dport 22 -m state --state NEW -j ACCEPT",
        "-m recent --update --seconds 60 --name \"a \\\"b\\\" c\" --mask 255.255.255.255 -j LOG --log-prefix \"x: \"",
        "! -s 10.0.0.0/8 -o eth0 -p 4 -m policy --dir in --pol ipsec -j MARK --set-xmark 0x1/0xffffffff",
        "-s 10.0.0.0/255.0.0.255 -j ACCEPT",
        "-p tcp -m tcp --dport 22 --tcp-option 5 -j REJECT --reject-with tcp-reset",
        "-p tcp -m tcp --sport 22 -m tcp --tcp-flags SYN,ACK SYN -j DROP",
        "-m comment --comment \"it's ours\" -j X",
        "-j LOG --log-prefix",
        "-m comment --comment \"\" -j DROP",
        "-f -j DROP"
      })
  void a_rule_of_others_is_kept_word_for_word(String rule) {
    assertThat(RuleText.of(RuleParser.parse(rule))).isEqualTo(" " + rule);
  }

  @Test
  void flags_beside_ports_are_options_of_one_match_as_nf_tables_has_them() {
    var text = "-p tcp -m tcp --sport 22 ! --tcp-flags SYN,ACK SYN -j RETURN";

    var rule = RuleParser.parse(text);

    assertThat(rule.matches())
        .containsExactly(
            new Match.IsProtocol(Protocol.TCP, false),
            new Match.Ports(Protocol.TCP, PortRange.of(22), null),
            new Match.TcpFlags(Set.of(TcpFlag.SYN, TcpFlag.ACK), Set.of(TcpFlag.SYN), true));
    assertThat(RuleText.of(rule).strip()).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"ipencap, 4", "ipv4, 4", "esp, 50", "ah, 51", "icmpv6, ipv6-icmp", "TCP, TCP"})
  void a_protocol_is_read_by_any_name(String name, String ours) {
    var rule = " -i eth0 -p %s -m comment --comment \"web -p esp\" -j RETURN";

    assertThat(RuleText.of(RuleParser.parse(rule.formatted(name)))).isEqualTo(rule.formatted(ours));
  }

  @Test
  void what_is_not_ours_in_a_rule_stands_beside_what_is() {
    var rule =
        RuleParser.parse(
            "-s 10.0.0.0/8 -m recent --rcheck --name x -m addrtype --dst-type LOCAL -j DROP");
    assertThat(rule.matches())
        .hasExactlyElementsOfTypes(
            Match.Source.class, Match.Verbatim.class, Match.DestinationType.class);
  }

  @Test
  void a_whole_text_comes_back_with_foreign_chains_and_policies() {
    var text =
        """
        *nat
        :PREROUTING ACCEPT [12:720]
        :KUBE-SERVICES - [0:0]
        -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        COMMIT
        *filter
        :INPUT DROP [5:300]
        :HFW-INPUT - [0:0]
        -A INPUT -j HFW-INPUT
        -A HFW-INPUT -i lo -j RETURN
        COMMIT
        """;
    assertThat(SaveParser.text(SaveParser.parse(text))).isEqualTo(text);
  }

  @Test
  void counters_are_read() {
    var chain =
        SaveParser.parse("*raw\n:A - [0:0]\n[7:420] -A A -j DROP\nCOMMIT\n")
            .getFirst()
            .chains()
            .getFirst();
    assertThat(chain.rules().getFirst().counters()).isEqualTo(new Counters(7, 420));
  }

  @ParameterizedTest
  @ValueSource(strings = {"*raw\n-A NOWHERE -j DROP", "*raw\n:A -\n", "<html>"})
  void what_iptables_save_cannot_have_printed_is_refused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SaveParser.parse(text))
        .withMessageStartingWith("not a line of iptables-save: ");
  }

  @Test
  void sets_are_read_with_what_is_left_of_their_time() {
    var sets =
        SetParser.parse(
            """
            create hfw4-trial hash:net family inet hashsize 64 maxelem 65536 timeout 0 bucketsize 12 initval 0xb97b9ad6
            add hfw4-trial 0.0.0.0/1 timeout 29
            create hfw6-l-podif hash:net,iface family inet6 hashsize 1024 maxelem 65536 bucketsize 12 initval 0xe9812a57
            add hfw6-l-podif ::/0,cni0
            """);

    assertThat(sets.getFirst().entries()).containsExactly(new SavedSet.Entry("0.0.0.0/1", 29));
    assertThat(sets.getFirst().hasTimeout()).isTrue();
    assertThat(sets.getLast().asIpSet().orElseThrow().entries()).containsExactly("::/0,cni0");
  }
}
