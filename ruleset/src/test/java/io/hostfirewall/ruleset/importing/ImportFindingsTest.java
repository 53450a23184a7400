package io.hostfirewall.ruleset.importing;

import static io.hostfirewall.ruleset.importing.Imports.FRAME;
import static io.hostfirewall.ruleset.importing.Imports.assertPolicy;
import static io.hostfirewall.ruleset.importing.Imports.both;
import static io.hostfirewall.ruleset.importing.Imports.ipv4;
import static io.hostfirewall.ruleset.importing.Imports.lost;
import static io.hostfirewall.ruleset.importing.Imports.mistakes;
import static io.hostfirewall.ruleset.importing.Imports.rules;
import static io.hostfirewall.ruleset.importing.Imports.said;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hostfirewall.ruleset.foreign.RulesFileReader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an import says of lines that do not become rules. */
class ImportFindingsTest {

  @Test
  void what_we_do_anyway_is_recognised() {
    var imported =
        rules(
            "-A INPUT -d 127.0.0.0/8 ! -i lo -j REJECT",
            "-A INPUT -m state --state INVALID -j DROP",
            "-A INPUT -p tcp ! --syn -m state --state NEW -j DROP",
            "-A INPUT -p tcp --tcp-flags ALL NONE -j DROP",
            "-A INPUT -p tcp --tcp-flags ALL FIN,PSH,URG -j DROP",
            "-A INPUT -f -j DROP",
            "-A INPUT -p icmp --icmp-type 3 -j ACCEPT",
            "-A INPUT -p udp --sport 67 --dport 68 -j ACCEPT",
            "-A INPUT -p tcp --dport 23 -j DROP");

    assertPolicy(imported, "");
    assertThat(lost(imported)).isEmpty();
    assertThat(said(imported, Finding.AlreadySo.class)).hasSize(11);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-j NOTRACK", "-j CT --notrack"})
  void what_is_not_tracked_is_not_claimed(String target) {
    var text =
        "*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p udp --dport 53 %s\nCOMMIT\n"
                .formatted(target)
            + FRAME.formatted("-A INPUT -p udp --dport 53 -m state --state UNTRACKED -j ACCEPT\n");

    assertThat(lost(ipv4(text)))
        .anyMatch(l -> l.startsWith("3 what is not tracked is in no state"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      value = {
        "-A INPUT -p tcp --dport 22 -m recent --update --seconds 60 --hitcount 4 -j DROP ¦ rateLimit: {limit: 4, unit: Minute, burst: 4}",
        "-A INPUT -m set --match-set weave-;rGq^|$ src -j ACCEPT ¦ HostFirewallAddressSet",
        "-A INPUT -s mail.example.org -p tcp --dport 25 -j ACCEPT ¦ asks for",
        "-A INPUT -p udp --sport 53 -j ACCEPT ¦ sender's port",
        "-A INPUT -s 10.0.0.0/255.0.255.0 -j ACCEPT ¦ asks for",
        "-A INPUT -p tcp --dport 22 -m owner --uid-owner 0 -j ACCEPT ¦ -m owner",
        "-A INPUT -p tcp --dprot 22 -j ACCEPT ¦ cannot be read",
        "-A INPUT --dport 22 -j ACCEPT ¦ cannot be read",
        "-A INPUT -m conntrack -j ACCEPT ¦ cannot be read",
        "-A INPUT --mac-source 00:11:22:33:44:55 -j ACCEPT ¦ cannot be read",
        "-A INPUT --src-range 10.0.0.1-10.0.0.9 -j ACCEPT ¦ cannot be read",
        "-A INPUT -m --tcp-flags -j ACCEPT ¦ cannot be read",
        "-A INPUT -m fancy --tcp-flags -j ACCEPT ¦ --tcp-flags",
        "-A INPUT -m fancy --mark 5 -j ACCEPT ¦ --mark 5",
        "iptbales -A INPUT -j DROP ¦ begins no line",
        "-D INPUT -p tcp --dport 22 -j ACCEPT ¦ loaded already",
        "-A INPUT -j NOWHERE ¦ not known",
        "-A INUPT -s 10.0.0.0/8 -j DROP ¦ its chain INUPT is not declared",
        "-A PREROUTING -s 10.0.0.0/8 -j DROP ¦ its chain PREROUTING is not declared",
        "-A INPUT -6 -p tcp --dport 22 -j ACCEPT ¦ of the other family",
        "ip6tables -A INPUT -p tcp --dport 22 -j ACCEPT ¦ this is for IPv6",
        "-A INPUT -j KUBE-FIREWALL ¦ another program's",
        "-A INPUT -p udplite -m multiport --dports 5002,5003 -j DROP ¦ other than TCP, UDP and SCTP",
        "-A INPUT -p 33 -m multiport ! --dports 5002 -j DROP ¦ other than TCP, UDP and SCTP",
        "-A INPUT -p dccp -m dccp --dport 5001 -j DROP ¦ other than TCP, UDP and SCTP",
      })
  void what_is_not_carried_over_is_listed_with_its_line_and_the_reason(String rule, String reason) {
    assertThat(lost(rules(rule)))
        .hasSize(1)
        .first()
        .satisfies(sentence -> assertThat(sentence).startsWith("7 ").contains(reason));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-A INPUT -p icmp -m icmp --icmp-type 8 -m hashlimit --hashlimit-upto 1/min --hashlimit-burst 10 --hashlimit-mode srcip --hashlimit-name p --hashlimit-htable-expire 120000 -j ACCEPT | forgets a source after 120 s of silence, but its burst takes 600 s",
        "-A INPUT -p icmp -m icmp --icmp-type 8 -m hashlimit --hashlimit-upto 1/min --hashlimit-burst 10 --hashlimit-mode srcip --hashlimit-name p -j ACCEPT | only first packets",
        "-A INPUT -p tcp --dport shh -j ACCEPT | \"ssh\"",
        "-A INPUT -p icmp --icmp-type echo-requst -j ACCEPT | \"echo-request\"",
        "-A INPUT -p tpc --dport 22 -j ACCEPT | \"tcp\"",
        "-A INPUT -p udp --sport 53 -j ACCEPT | lets in whoever sends from that port",
        "-A INPUT -s example.org -j ACCEPT | never looked up",
        "-A INPUT -j DORP | \"DROP\"",
        "-A INPUT -j LOG | fills the disk",
      })
  void classic_mistakes_are_explained(String rule, String says) {
    assertThat(mistakes(rules(rule)))
        .anySatisfy(m -> assertThat(m).startsWith("7 ").contains(says));
  }

  @Test
  void a_misspelt_target_is_named_with_its_column() {
    assertThat(rules("-A INPUT -p tcp -j DORP").findings())
        .filteredOn(finding -> finding.sentence().contains("DORP"))
        .extracting(finding -> finding.place().column())
        .containsExactly(17);
  }

  @Test
  void what_is_missing_is_a_mistake_too() {
    var bare =
        "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n-A INPUT -p tcp --dport 22 -j ACCEPT\nCOMMIT\n";

    assertThat(mistakes(ipv4(bare)))
        .anyMatch(m -> m.startsWith("2 no rule accepts ESTABLISHED"))
        .anyMatch(m -> m.startsWith("2 no rule accepts -i lo"))
        .anyMatch(m -> m.startsWith("3 in a cluster"));
    assertThat(mistakes(both(bare, bare)))
        .anyMatch(m -> m.startsWith("2 no rule accepts neighbour"));
  }

  @Test
  void two_files_of_one_family_are_refused() {
    var file = RulesFileReader.read("rules.v4", FRAME.formatted(""));

    assertThatThrownBy(
            () -> Importer.of(List.of(file, RulesFileReader.read("old.v4", "*filter\nCOMMIT"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("one file of each family");
  }

  @Test
  void a_maze_of_chains_is_given_up_and_said() {
    var lines = new ArrayList<String>();
    for (var i = 0; i < 40; i++) {
      lines.add("-A INPUT -j c" + i);
      lines.add("-A c%d -p tcp --dport %d:%d -j RETURN".formatted(i, i, 1000 + i));
      lines.add("-A c%d -s 10.%d.0.0/16 -j RETURN".formatted(i, i));
      lines.add("-A c%d -p tcp --dport %d -j DROP".formatted(i, 500 + i));
    }
    var imported = rules(lines.toArray(String[]::new));

    assertPolicy(imported, "");
    assertThat(lost(imported))
        .anyMatch(l -> l.startsWith("0 the chains behind INPUT") && l.contains("AddressSet"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-p tcp -m conntrack --ctorigdstport 8080 -j DROP",
        "-p tcp -m conntrack ! --ctorigdstport 8080 -j ACCEPT",
        "-m conntrack --ctorigdst 192.0.2.1 -j DROP",
        "-m conntrack --ctstate DNAT -j ACCEPT",
        "-m conntrack ! --ctstate DNAT -j DROP"
      })
  void a_rule_of_forward_about_translated_connections_is_listed(String rule) {
    var imported = rules("-A FORWARD " + rule, "-A FORWARD -p tcp --dport 80 -j ACCEPT");

    assertThat(lost(imported))
        .singleElement()
        .satisfies(line -> assertThat(line).startsWith("7 ").contains("ingress rules judge"));
    assertThat(imported.policies().getFirst().forward()).hasSize(1);
    assertThat(mistakes(imported)).noneMatch(mistake -> mistake.startsWith("8 "));
  }

  @Test
  void a_port_that_the_client_spoke_to_is_one_of_ingress() {
    var imported = rules("-A INPUT -p tcp -m conntrack --ctorigdstport 8080 -j ACCEPT");

    assertThat(imported.policies())
        .isEqualTo(rules("-A INPUT -p tcp --dport 8080 -j ACCEPT").policies());
    assertThat(lost(imported)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 10.0.0.5:8080",
        "-A PREROUTING -p tcp --dport 80 -j REDIRECT --to-ports 8080",
        "-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER"
      })
  void that_ingress_rules_judge_what_is_translated_is_said_once(String rule) {
    var nat = "*nat\n:PREROUTING ACCEPT [0:0]\n%s\n%s\nCOMMIT\n".formatted(rule, rule);
    var forward = "-A FORWARD -s 192.168.0.0/16 -d 10.0.0.5 -p tcp --dport 8080 -j ACCEPT\n";

    assertThat(judgedByIngress(ipv4(nat + FRAME.formatted(forward))))
        .singleElement()
        .asString()
        .startsWith("3 connections");
    assertThat(judgedByIngress(ipv4(FRAME.formatted(forward)))).isEmpty();
    assertThat(judgedByIngress(rules("-A FORWARD -j DOCKER-USER", "-A DOCKER-USER -j RETURN")))
        .singleElement()
        .asString()
        .startsWith("7 connections");
  }

  private static List<String> judgedByIngress(Importer.Imported imported) {
    return lost(imported).stream().filter(line -> line.contains("judged by ingress")).toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-m conntrack --ctstate INVALID -j DROP",
        "-p tcp ! --syn -m conntrack --ctstate NEW -j DROP",
        "-m conntrack --ctstate INVALID -j LOG"
      })
  void protections_of_what_comes_in_are_not_claimed_elsewhere(String rule) {
    assertThat(lost(rules("-A FORWARD " + rule)))
        .singleElement()
        .asString()
        .contains("do not judge what the node routes");
    assertThat(lost(rules("-A OUTPUT " + rule)))
        .singleElement()
        .asString()
        .contains("do not judge what the node sends");
  }

  @Test
  void flags_that_only_scanners_send_are_dropped_before_the_node_routes() {
    var scan = " -p tcp --tcp-flags ALL FIN,PSH,URG -j DROP";

    assertThat(lost(rules("-A FORWARD" + scan, "-A INPUT" + scan))).isEmpty();
    assertThat(lost(rules("-A OUTPUT" + scan))).hasSize(1);
    assertThat(lost(rules("-A FORWARD -p tcp --tcp-flags SYN,ACK SYN,ACK -j DROP"))).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"-m conntrack --ctstate INVALID", "-p tcp ! --syn", "-p tcp --tcp-flags ALL NONE"})
  void a_log_of_what_protections_drop_is_not_claimed(String rule) {
    assertThat(lost(rules("-A INPUT " + rule + " -j LOG")))
        .singleElement()
        .asString()
        .contains("log nothing");
    assertThat(lost(rules("-A INPUT " + rule + " -j DROP"))).isEmpty();
  }

  @Test
  void that_a_rule_about_own_addresses_is_also_about_broadcasts_is_said() {
    var port = " -p udp --dport 137 -j ACCEPT";

    for (var type : List.of("--dst-type LOCAL", "! --dst-type MULTICAST")) {
      assertThat(lost(rules("-A INPUT -m addrtype " + type + port)))
          .as(type)
          .singleElement()
          .asString()
          .contains("does not mean broadcast");
    }
    assertThat(lost(rules("-A INPUT -m addrtype --dst-type LOCAL,BROADCAST,MULTICAST" + port)))
        .isEmpty();
  }

  @Test
  void answers_of_dhcp_pass_to_this_host_alone() {
    var answers = " -p udp --sport 67 --dport 68 -j ACCEPT";

    assertThat(lost(rules("-A INPUT" + answers))).isEmpty();
    assertThat(lost(rules("-A FORWARD" + answers)))
        .singleElement()
        .asString()
        .contains("the sender's port");
  }
}
