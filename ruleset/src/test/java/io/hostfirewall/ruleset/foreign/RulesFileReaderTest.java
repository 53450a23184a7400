package io.hostfirewall.ruleset.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hostfirewall.ruleset.model.Family;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RulesFileReaderTest {

  private static RulesFile read(String text) {
    return RulesFileReader.read("rules", text);
  }

  /** A file with this one rule in INPUT. */
  private static RulesFile rule(String rule) {
    return read("*filter\n:INPUT DROP [0:0]\n-A INPUT " + rule + "\nCOMMIT\n");
  }

  private static RuleLine first(RulesFile file) {
    return rules(file, "INPUT").getFirst();
  }

  private static List<RuleLine> rules(RulesFile file, String chain) {
    return file.table("filter").orElseThrow().chain(chain).orElseThrow().rules();
  }

  private static List<String> options(RulesFile file) {
    return first(file).options().stream().map(RuleOption::toString).toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-p tcp -m tcp -s 1.2.3.4 --dport 22 -j ACCEPT",
        "-ptcp -s1.2.3.4 --dport=22 -jACCEPT",
        "--protocol tcp --match tcp --source=1.2.3.4 --destination-port 22 --jump=ACCEPT",
        "--proto tcp --src 1.2.3.4 --destination-port 22 -j ACCEPT",
        "-j ACCEPT -p tcp -s 1.2.3.4 --dport 22",
        "  -p tcp   -s 1.2.3.4\t--dport 22 -j ACCEPT\r",
        "-p \"tcp\" -s \"1.2.3.4\" --dport \"22\" -j \"ACCEPT\""
      })
  void a_rule_means_the_same_in_every_spelling(String rule) {
    var file = rule(rule);

    assertThat(file.mistakes()).isEmpty();
    assertThat(options(file))
        .containsExactlyInAnyOrder("--protocol tcp", "--source 1.2.3.4", "--dport 22");
    assertThat(first(file).target()).isNotNull().extracting("name").isEqualTo("ACCEPT");
    assertThat(first(file).readable()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"! -s 1.2.3.4", "-s ! 1.2.3.4", "-s !1.2.3.4", "! --source=1.2.3.4"})
  void a_negation_may_stand_before_the_option_or_its_value(String rule) {
    assertThat(options(rule(rule))).containsExactly("! --source 1.2.3.4");
  }

  @Test
  void line_ends_and_the_last_newline_do_not_matter() {
    var text = "\ufeff*filter\r\n:INPUT DROP [0:0]\r\n-A INPUT -i lo -j ACCEPT\r\nCOMMIT";
    var file = read(text);

    assertThat(file.mistakes()).isEmpty();
    assertThat(first(file).line()).isEqualTo(3);
  }

  @Test
  void chains_are_declared_in_every_way() {
    var file =
        read(
            """
            *filter
            :INPUT      DROP      [0:0]
            :FORWARD - [0:0]
            : OUTPUT ACCEPT [0: 0]
            :one - [0:0]
            -N two
            -P FORWARD DROP
            --new-chain three
            COMMIT
            """);

    assertThat(file.mistakes()).isEmpty();
    var table = file.table("filter").orElseThrow();
    assertThat(table.chains().stream().map(chain -> chain.name() + " " + chain.policy()))
        .containsExactly(
            "INPUT DROP", "FORWARD DROP", "OUTPUT ACCEPT", "one null", "two null", "three null");
  }

  @Test
  void rules_are_inserted_and_flushed_where_the_file_says_so() {
    var file =
        read(
            """
            *filter
            -A INPUT -s 1.1.1.1 -j DROP
            -F INPUT
            -A INPUT -s 2.2.2.2 -j DROP
            -I INPUT -s 3.3.3.3 -j DROP
            -I INPUT 2 -s 4.4.4.4 -j DROP
            COMMIT
            """);

    assertThat(rules(file, "INPUT").stream().map(RuleLine::line)).containsExactly(5, 6, 4);
  }

  @Test
  void several_tables_counters_and_commands_of_a_script() {
    var file =
        read(
            """
            *nat
            [3:180] -A PREROUTING -p tcp --dport 80 -j REDIRECT --to-ports 8080
            COMMIT
            *filter
            [5:6] -A INPUT -c 1 2 -p udp -j ACCEPT
            COMMIT
            /sbin/iptables -t raw -A PREROUTING -j DROP
            sudo iptables -A INPUT -j DROP
            """);

    assertThat(file.mistakes()).isEmpty();
    assertThat(file.tables().stream().map(RulesFile.Table::name))
        .containsExactly("nat", "filter", "raw");
    assertThat(rules(file, "INPUT").stream().map(RuleLine::line)).containsExactly(5, 8);
  }

  @Test
  void odd_names_and_quotes_are_kept() {
    var file =
        rule(
            "-m set --match-set weave-;rGq^|$}N~Z$3]6!N dst -m comment --comment \"a \\\"b\\\" 'c'\"-j"
                + " DROP");

    assertThat(options(file)).containsExactly("--match-set weave-;rGq^|$}N~Z$3]6!N dst");
    assertThat(first(file).comment()).isEqualTo("a \"b\" 'c'");
    assertThat(first(file).target()).isNotNull();
  }

  @Test
  void an_option_belongs_to_the_match_before_it() {
    assertThat(options(rule("-m set --set friends src -j DROP")))
        .containsExactly("--match-set friends src");
    assertThat(options(rule("-m set --match-set friends src -m recent --set -j DROP")))
        .containsExactly("--match-set friends src", "--set");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-p TCP -j REJECT --reject-with tcp-reset",
        "-j REJECT --reject-with tcp-reset -p 6",
        "-j LOG --log-level WARN",
        "-j LOG --log-level 7",
        "-j NFLOG --nflog-group 0x10"
      })
  void what_is_done_with_a_packet_is_read_in_every_spelling(String rule) {
    assertThat(rule(rule).mistakes()).isEmpty();
  }

  @Test
  void multiport_takes_the_beginning_of_its_options_for_them() {
    var file = rule("-p tcp -m multiport --dport 80,443 -j ACCEPT");

    assertThat(file.mistakes()).isEmpty();
    assertThat(options(file)).contains("--dports 80,443");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-p 0x6 --dport 22 -j ACCEPT",
        "-p TCP -m state --state NEW --dport 22 -j ACCEPT",
        "-p esp --espspi 500 -j ACCEPT",
        "-p dccp --dport 22 -j ACCEPT",
        "-m tcp -p tcp --dport 22 -j ACCEPT",
        "-p 6 -m tcp --dport 22 -j ACCEPT",
        "-p ipv6-icmp -m icmpv6 --icmpv6-type 128 -j ACCEPT",
        "-p 58 -m icmp6 --icmpv6-type 128 -j ACCEPT",
        "-j LOG -m limit --limit 3/min --log-prefix x",
        "-j DNAT --to 10.0.0.5:8080",
        "-j SNAT --to-source 192.0.2.1 --random --persistent",
        "-j MASQUERADE --random-fully",
        "-p tcp -j REDIRECT --to-ports 8080 --random",
        "-m connlabel --label 5 --set",
        "-m string --string x --algo bm --to 100 -j DROP",
        "-p tcp -m tcp --dport 4:5 -m tcp --dport 5:6 -j ACCEPT",
        "-m comment --comment a -m comment --comment b -j ACCEPT",
        "-p tcp -m multiport --dports 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15 -j ACCEPT",
        "-p tcp -m multiport --dports 1:2,3:4,5:6,7:8,9:10,11:12,13:14,15 -j ACCEPT"
      })
  void an_option_is_known_from_what_it_belongs_to_on(String rule) {
    assertThat(rule(rule).mistakes()).isEmpty();
  }

  @Test
  void an_option_of_what_is_not_known_here_may_be_its_own() {
    var file = rule("-m fancy --mark 5 -j ACCEPT");

    assertThat(first(file).readable()).isTrue();
    assertThat(first(file).options()).allMatch(option -> !option.known());
  }

  @Test
  void options_of_a_target_are_told_from_conditions_behind_it() {
    var file = rule("-j LOG --log-prefix \"[UFW BLOCK] \" -m limit --limit 3/min");

    assertThat(options(file)).containsExactly("--limit 3/min");
    assertThat(first(file).target().option("--log-prefix")).contains("[UFW BLOCK] ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-p tcp --dprot 22 -j ACCEPT | 17 | --dport",
        "-p tcp -m contrack --ctstate NEW -j ACCEPT | 17 | conntrack",
        "-p tcp -m state --state ESTABLISHED, RELATED -j ACCEPT | 47 | no blanks",
        "-p tcp --dport 22 -j ACCEPT # ssh | 38 | remark",
        "-p tcp --dport -j ACCEPT | 17 | without its value",
        "!-i lo -j DROP | 10 | needs a blank",
        "-p tcp dport 22 -j ACCEPT | 17 | --dport",
        "--dport 22 -j ACCEPT | 10 | --dport needs a protocol, such as -p tcp, before it.",
        "! -p tcp --dport 22 -j ACCEPT | 19 | --dport needs a protocol",
        "-m multiport --dports 1,2 -j ACCEPT | 23 | --dports needs a protocol",
        "--dport 22 -p tcp -j ACCEPT | 10 | --dport needs a protocol, such as -p tcp, before it.",
        "-p udp --syn -j ACCEPT | 17 | --syn needs -p tcp before it.",
        "--mac-source 00:11:22:33:44:55 -j ACCEPT | 10 | --mac-source needs -m mac before it.",
        "--uid-owner 0 -m owner -j ACCEPT | 10 | --uid-owner needs -m owner before it.",
        "-j ACCEPT --log-prefix x | 20 | --log-prefix needs -j LOG before it.",
        "--log-prefix x -j LOG | 10 | --log-prefix needs -j LOG before it.",
        "-m mac --src-range 10.0.0.1-10.0.0.9 -j DROP | 17 | --src-range needs -m iprange before",
        "-p tcp --dport 80,443 -j ACCEPT | 17 | Write -m multiport --dports 80,443.",
        "-p tcp -m tcp -m multiport --dport 80,443 -j ACCEPT | 37 | takes one port or one range",
        "-p tcp --dport 4 --dport 5 -j ACCEPT | 27 | a rule has --dport once.",
        "-p tcp -p udp --dport 6 -j ACCEPT | 17 | a rule has --protocol once.",
        "-i eth0 -i eth1 -j ACCEPT | 18 | a rule has --in-interface once.",
        "! -s 10.0.0.0/8,192.168.0.0/16 -j ACCEPT | 12 | takes one network",
        "-o eth1 -j ACCEPT | 10 | chain INPUT knows no -o. Write -i",
        "-p tcp -m multiport --dports 1:2,3:4,5:6,7:8,9:10,11:12,13:14,15:16 -j DROP | 30 | these are 16",
        "-p udp -m tcp --dport 22 -j ACCEPT | 0 | -m tcp needs its protocol, -p tcp.",
        "-p icmpv6 -m icmp --icmp-type 8 -j ACCEPT | 0 | -m icmp needs its protocol",
        "-m tcp -j ACCEPT | 0 | -m tcp needs its protocol, -p tcp.",
        "-m state -j ACCEPT | 0 | -m state stands without an option of it.",
        "-m addrtype -m comment --comment x -j ACCEPT | 0 | -m addrtype stands without",
        "-i averyveryverylong -j ACCEPT | 10 | is no interface: their names have 15",
        "-p tcp -m hashlimit --hashlimit-upto 9/min -j ACCEPT | 0 | needs --hashlimit-name",
        "-j REJECT --reject-with tcp-reset | 20 | tcp-reset answers TCP alone",
        "-p udp -j REJECT --reject-with tcp-reset | 27 | tcp-reset answers TCP alone",
        "-c 7 -j ACCEPT | 10 | -c takes two numbers",
        "-c ,3 -j ACCEPT | 10 | -c takes two numbers",
        "-j LOG --log-level loud | 17 | \"loud\" is no level of logs",
        "-j NFLOG --nflog-group 70000 | 19 | from 0 to 65535",
        "-m comment --comment \"never closed -j ACCEPT | 31 | never closes",
      })
  void a_mistake_is_shown_with_its_column_and_a_remedy(String rule, int column, String says) {
    var mistakes = rule(rule).mistakes();

    assertThat(mistakes).isNotEmpty();
    assertThat(mistakes.getFirst().line()).isEqualTo(3);
    assertThat(mistakes.getFirst().column()).isEqualTo(column);
    assertThat(mistakes.getFirst().sentence()).contains(says);
  }

  @Test
  void a_file_that_does_not_commit_or_changes_what_it_does_not_show_says_so() {
    assertThat(read("*filter\n-A INPUT -j DROP\n").mistakes())
        .anySatisfy(mistake -> assertThat(mistake.sentence()).contains("no COMMIT"));
    assertThat(read("*filter\n-D INPUT -j DROP\nCOMMIT\n").mistakes())
        .anySatisfy(mistake -> assertThat(mistake.sentence()).contains("loaded already"));
    assertThat(read("hello\n").mistakes())
        .anySatisfy(mistake -> assertThat(mistake.sentence()).contains("begins no line"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x.v6 | *filter;COMMIT | IPV6",
        "x.v4 | *filter;COMMIT | IPV4",
        "/etc/sysconfig/ip6tables | *filter;COMMIT | IPV6",
        "/srv/ipv6/rules.v4 | *filter;COMMIT | IPV4",
        "x.v4 | # Generated by ip6tables-save v1 on 15:29:40 | IPV6",
        "x.v6 | # Generated by iptables-save v1.8.9 (nf_tables) on x | IPV4",
        "x.v4 | -A INPUT -m time --timestart 08:00:00 --timestop 18:00:00 -j DROP | IPV4",
        "ip6.txt | -A INPUT -m mac --mac-source 42:01:02:03:04:05 -s 10.0.0.1 | IPV6",
        "x | # Generated by iptables-save v1;-A INPUT -m time --timestart 08:00:00 -j DROP | IPV4",
        "x | # at 08:00:00 and 09:00:00;-A INPUT -m mac --mac-source 42:01:02:03:04:05 | IPV4",
        "x | -A INPUT -m time --timestart 08:00:00;-A INPUT -m time --timestart 09:00:00 | IPV4",
        "x | -A INPUT -s fe80::/10 -j DROP | IPV6",
        "x | -A INPUT -s ! 2001:db8::1 -j DROP | IPV6",
        "x | -A INPUT -s 10.0.0.0/8 -j DROP | IPV4",
        "x | -A INPUT -p icmpv6 -j ACCEPT | IPV6",
        "x | -A INPUT -p icmp -j ACCEPT;-A INPUT -j REJECT --reject-with icmp-port-unreachable | IPV4",
        "x | ip6tables -P INPUT DROP | IPV6",
        "x | iptables -P INPUT DROP;ip6tables -P INPUT DROP;ip6tables -P OUTPUT DROP | IPV4",
        "x.v6 | iptables -P INPUT DROP;ip6tables -P INPUT DROP | IPV6",
        "x.v6 | # Generated by iptables-save v1;# Generated by ip6tables-save v1 | IPV6",
      })
  void the_family_is_told_by_who_printed_a_file_its_name_and_what_it_speaks_of(
      String name, String text, Family family) {
    assertThat(RulesFileReader.read(name, text.replace(";", "\n")).family()).isEqualTo(family);
  }

  @Test
  void a_rule_of_the_other_family_has_no_effect() {
    var script =
        """
        iptables -P INPUT DROP
        ip6tables -P INPUT ACCEPT
        iptables -A INPUT -p tcp --dport 22 -j ACCEPT
        /sbin/ip6tables -A INPUT -p tcp --dport 80 -j ACCEPT
        """;
    var printed =
        """
        # Generated by iptables-save v1.8.9 on Mon
        *filter
        :INPUT DROP [0:0]
        COMMIT
        # Generated by ip6tables-save v1.8.9 on Mon
        *filter
        :INPUT ACCEPT [0:0]
        -A INPUT -p tcp --dport 80 -j ACCEPT
        COMMIT
        """;
    var marked = "*filter\n:INPUT DROP [0:0]\n-A INPUT -6 -p tcp --dport 80 -j ACCEPT\nCOMMIT\n";

    assertThat(rules(read(script), "INPUT").stream().map(RuleLine::line)).containsExactly(3);
    assertThat(idle(read(script))).containsExactly(2, 4);
    assertThat(rules(read(printed), "INPUT")).isEmpty();
    assertThat(read(printed).table("filter").orElseThrow().chain("INPUT").orElseThrow().policy())
        .isEqualTo("DROP");
    assertThat(idle(read(printed))).containsExactly(6, 7, 8, 9);
    assertThat(rules(read(marked), "INPUT")).isEmpty();
    assertThat(idle(read(marked))).containsExactly(3);
    assertThat(rules(read(marked.replace("-6", "-4")), "INPUT")).hasSize(1);
    assertThat(rules(RulesFileReader.read("x.v6", marked), "INPUT")).hasSize(1);
  }

  private static List<Integer> idle(RulesFile file) {
    return file.mistakes().stream()
        .filter(mistake -> mistake.reading() == Mistake.Reading.IDLE)
        .map(Mistake::line)
        .toList();
  }

  @Test
  void a_table_that_begins_again_is_emptied() {
    var file =
        read(
            """
            *filter
            :INPUT DROP [0:0]
            -A INPUT -p tcp --dport 22 -j ACCEPT
            COMMIT
            *filter
            -A INPUT -p tcp --dport 80 -j ACCEPT
            COMMIT
            """);

    assertThat(rules(file, "INPUT").stream().map(RuleLine::line)).containsExactly(6);
    assertThat(file.table("filter").orElseThrow().chain("INPUT").orElseThrow().policy())
        .isEqualTo("DROP");
    assertThat(idle(file)).containsExactly(1, 3);
    assertThat(file.mistakes().getFirst().sentence()).startsWith("line 5 begins table filter once");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ":INPTU DROP [0:0] | Did you mean \"INPUT\"?",
        ":INPUT REJECT [0:0] | \"REJECT\" is no policy of a chain. It is ACCEPT or DROP.",
        ":INPUT [0:0] | \"\" is no policy",
        "-P INPUT drop | Did you mean \"DROP\"?",
        "-P INPTU ACCEPT | Did you mean \"INPUT\"?",
      })
  void a_policy_that_cannot_be_read_closes(String line, String says) {
    var file = read("*filter\n" + line + "\nCOMMIT\n");

    assertThat(file.table("filter").orElseThrow().chain("INPUT").orElseThrow().policy())
        .isEqualTo("DROP");
    assertThat(file.mistakes())
        .singleElement()
        .satisfies(
            mistake -> {
              assertThat(mistake.line()).isEqualTo(2);
              assertThat(mistake.sentence()).contains(says);
              assertThat(mistake.reading()).isEqualTo(Mistake.Reading.PASSED_OVER);
            });
  }

  @Test
  void a_chain_that_is_declared_nowhere_is_shown_with_the_nearest() {
    var file = read("*filter\n-A INUPT -j DROP\n-A INUPT -j ACCEPT\n-A PREROUTING -j DROP\nCOMMIT");

    assertThat(file.mistakes().stream().map(m -> m.line() + " " + m.sentence()))
        .satisfiesExactly(
            first ->
                assertThat(first)
                    .startsWith("2 table filter has no chain INUPT. Did you mean \"INPUT\"?"),
            second -> assertThat(second).startsWith("4 table filter has no chain PREROUTING."));
    assertThat(read("*filter\n-N own\n-A own -j DROP\nCOMMIT\n").mistakes()).isEmpty();
    assertThat(read("*raw\n-A PREROUTING -j DROP\nCOMMIT\n").mistakes()).isEmpty();
  }

  @Test
  void the_table_of_a_command_stands_anywhere() {
    var script =
        read(
            "iptables -A PREROUTING -t raw -s 1.2.3.4 -j DROP\niptables -t mangle -P INPUT DROP\n");

    assertThat(script.mistakes()).isEmpty();
    assertThat(script.tables().stream().map(RulesFile.Table::name))
        .containsExactly("raw", "mangle");
    assertThat(script.table("raw").orElseThrow().chain("PREROUTING").orElseThrow().rules())
        .hasSize(1);
    assertThat(read("*filter\n-A PREROUTING -j DROP -t raw\nCOMMIT\n").mistakes())
        .singleElement()
        .satisfies(mistake -> assertThat(mistake.sentence()).contains("takes no -t"));
    assertThat(read("iptables -t fliter -A INPUT -j DROP\n").mistakes())
        .singleElement()
        .satisfies(mistake -> assertThat(mistake.sentence()).contains("Did you mean \"filter\"?"));
  }

  @Test
  void a_text_beyond_all_measure_is_refused() {
    var text = "#".repeat(RulesFileReader.MAX_CHARACTERS + 1);

    assertThatThrownBy(() -> read(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("longer than 16 MiB");
  }
}
