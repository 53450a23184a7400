package io.hostfirewall.ruleset.importing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import io.hostfirewall.api.v1alpha1.ReversePath;
import io.hostfirewall.ruleset.Policies;
import io.hostfirewall.ruleset.check.PolicyCheck;
import io.hostfirewall.ruleset.foreign.RulesFileReader;
import io.hostfirewall.ruleset.importing.Importer.Imported;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImporterTest {

  private static final String FRAME =
      """
      *filter
      :INPUT DROP [0:0]
      :FORWARD DROP [0:0]
      :OUTPUT ACCEPT [0:0]
      -A INPUT -i lo -j ACCEPT
      -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
      %sCOMMIT
      """;

  private static Imported ipv4(String text) {
    return Importer.of(List.of(RulesFileReader.read("rules.v4", text)));
  }

  /** What these lines become behind the usual first ones; they begin at line 7. */
  private static Imported rules(String... lines) {
    return ipv4(FRAME.formatted(String.join("\n", lines) + "\n"));
  }

  private static Imported both(String ipv4, String ipv6) {
    return Importer.of(
        List.of(RulesFileReader.read("rules.v4", ipv4), RulesFileReader.read("rules.v6", ipv6)));
  }

  private static void assertPolicy(Imported imported, String spec) {
    assertThat(imported.policies()).containsExactly(Policies.spec("nodeSelector: {}\n" + spec));
    assertThat(imported.policies())
        .allSatisfy(policy -> assertThat(PolicyCheck.check(policy)).isEmpty());
  }

  private static List<String> said(Imported imported, Class<? extends Finding> kind) {
    return imported.findings().stream()
        .filter(kind::isInstance)
        .map(finding -> finding.place().line() + " " + finding.sentence())
        .toList();
  }

  private static List<String> lost(Imported imported) {
    return said(imported, Finding.NotCarriedOver.class);
  }

  private static List<String> mistakes(Imported imported) {
    return said(imported, Finding.Mistake.class);
  }

  @Test
  void of_two_reverse_paths_the_looser_is_for_both_families() {
    var loose =
        "*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -m rpfilter --loose --invert -j DROP\nCOMMIT\n"
            + FRAME.formatted("");
    var strict = loose.replace(" --loose", "");

    assertThat(mode(both(loose, strict))).isEqualTo(ReversePath.LOOSE);
    assertThat(mode(both(strict, loose))).isEqualTo(ReversePath.LOOSE);
    assertThat(mode(both(strict, strict))).isEqualTo(ReversePath.STRICT);
    assertThat(lost(both(loose, strict))).anyMatch(line -> line.contains("it is Loose"));
    assertThat(lost(both(strict, strict))).noneMatch(line -> line.contains("it is Loose"));
  }

  private static @Nullable ReversePath mode(Imported imported) {
    var protections = imported.policies().getFirst().protections();
    return protections == null ? null : protections.reversePath();
  }

  @Test
  void a_lone_ipv4_file_opens_nothing_in_ipv6() {
    var imported =
        rules(
            "-A INPUT -p tcp -m multiport --dports 80,https -j ACCEPT",
            "-A INPUT -p icmp --icmp-type echo-request -j ACCEPT",
            "-A INPUT -p udp --dport 60000:61000 -s 10/8 -m comment --comment \"Mosh, inside\" -j"
                + " ACCEPT");

    assertPolicy(
        imported,
        """
        ingress:
        - name: tcp-ports
          action: Accept
          from: [{networks: [0.0.0.0/0]}]
          ports: [{protocol: TCP, port: 80}, {protocol: TCP, port: 443}]
        - name: ping
          action: Accept
          from: [{networks: [0.0.0.0/0]}]
          icmp: [{type: EchoRequest}]
        - name: mosh-inside
          action: Accept
          from: [{networks: [10.0.0.0/8]}]
          ports: [{protocol: UDP, port: 60000, endPort: 61000}]
        """);
    assertThat(lost(imported)).isEmpty();
    assertThat(mistakes(imported)).anyMatch(m -> m.contains("no file for IPv6"));
  }

  @Test
  void two_families_become_one_list_and_equal_rules_one_rule() {
    var imported =
        both(
            FRAME.formatted(
                """
                -A INPUT -p tcp --dport 22 -s 192.0.2.0/24 -j ACCEPT
                -A INPUT -p tcp --dport 80 -j ACCEPT
                -A INPUT -p icmp --icmp-type 8 -j ACCEPT
                """),
            FRAME.formatted(
                """
                -A INPUT -p ipv6-icmp -j ACCEPT
                -A INPUT -p tcp --dport 22 -s 2001:db8::/32 -j ACCEPT
                -A INPUT -p tcp --dport 80 -j ACCEPT
                -A INPUT -p udp --dport 443 -j ACCEPT
                """));

    assertPolicy(
        imported,
        """
        ingress:
        - name: icmp
          action: Accept
          from: [{networks: ["::/0"]}]
          icmp: [{type: EchoRequest}, {type: "139", family: IPv6}]
        - name: ssh
          action: Accept
          from: [{networks: [192.0.2.0/24]}, {networks: ["2001:db8::/32"]}]
          ports: [{protocol: TCP, port: 22}]
        - name: http
          action: Accept
          ports: [{protocol: TCP, port: 80}]
        - name: ping
          action: Accept
          from: [{networks: [0.0.0.0/0]}]
          icmp: [{type: EchoRequest}]
        - name: https
          action: Accept
          from: [{networks: ["::/0"]}]
          ports: [{protocol: UDP, port: 443}]
        """);
  }

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

  @Test
  void chains_are_followed_and_conditional_returns_leave_them() {
    var imported =
        rules(
            "-N web",
            "-N office",
            "-A INPUT -s 10.0.0.0/8 -j office",
            "-A INPUT -p tcp --dport 80 -j web",
            "-A INPUT -p tcp --dport 22 -j ACCEPT",
            "-A web -s 203.0.113.0/24 -j DROP",
            "-A web -s 198.51.100.0/24 -j RETURN",
            "-A web -j ACCEPT",
            "-A office -p tcp --dport 22 -j RETURN",
            "-A office -j ACCEPT");

    assertPolicy(
        imported,
        """
        ingress:
        - name: ssh
          action: Accept
          from: [{networks: [10.0.0.0/8]}]
          ports: [{protocol: TCP, port: 22}]
        - name: networks
          action: Accept
          from: [{networks: [10.0.0.0/8]}]
        - name: deny-http
          action: Deny
          from: [{networks: [203.0.113.0/24]}]
          ports: [{protocol: TCP, port: 80}]
        - name: deny-http-2
          action: Deny
          from: [{networks: [198.51.100.0/24]}]
          ports: [{protocol: TCP, port: 80}]
        - name: http
          action: Accept
          from: [{networks: [0.0.0.0/0]}]
          ports: [{protocol: TCP, port: 80}]
        - name: ssh-2
          action: Accept
          from: [{networks: [0.0.0.0/0]}]
          ports: [{protocol: TCP, port: 22}]
        """);
  }

  @Test
  void a_limit_is_carried_over_where_a_policy_can_say_it() {
    var imported =
        rules(
            "-A INPUT -p tcp --dport 22 -m hashlimit --hashlimit-upto 3/min --hashlimit-burst 5"
                + " --hashlimit-mode srcip --hashlimit-name ssh -j ACCEPT",
            "-A INPUT -p tcp --dport 80 -m state --state NEW -m hashlimit --hashlimit-above 10/sec"
                + " --hashlimit-burst 20 --hashlimit-mode srcip --hashlimit-srcmask 24"
                + " --hashlimit-name web -j DROP",
            "-A INPUT -p tcp --dport 80 -j ACCEPT",
            "-A INPUT -p tcp --syn --dport 25 -m connlimit --connlimit-above 3 -j REJECT",
            "-A INPUT -p tcp --dport 25 -m limit --limit 100/min --limit-burst 50 -j ACCEPT");

    assertPolicy(
        imported,
        """
        ingress:
        - name: ssh
          action: Accept
          from: [{networks: [0.0.0.0/0]}]
          ports: [{protocol: TCP, port: 22}]
          rateLimit: {limit: 3, unit: Minute, burst: 5}
        - name: http
          action: Accept
          from: [{networks: [0.0.0.0/0]}]
          ports: [{protocol: TCP, port: 80}]
          rateLimit: {limit: 10, unit: Second, burst: 20, sourcePrefixLength: {ipv4: 24}}
        - name: smtp
          action: Accept
          from: [{networks: [0.0.0.0/0]}]
          ports: [{protocol: TCP, port: 25}]
          rateLimit: {limit: 100, unit: Minute, burst: 50, per: Node}
          connectionLimit: {perSource: 3}
        """);
    assertThat(mistakes(imported)).noneMatch(mistake -> mistake.contains("decides nothing"));
    assertThat(said(imported, Finding.CarriedOver.class))
        .anyMatch(line -> line.contains("it accepts what is within the limit of line"));
  }

  @Test
  void a_refusal_of_what_exceeds_a_limit_is_no_dead_rule_but_one_behind_it_is() {
    var imported =
        rules(
            "-A INPUT -p tcp --dport 22 -m hashlimit --hashlimit-upto 3/min --hashlimit-burst 5"
                + " --hashlimit-mode srcip --hashlimit-name ssh -j ACCEPT",
            "-A INPUT -p tcp --dport 22 -j DROP",
            "-A INPUT -p tcp --dport 22 -j ACCEPT");

    assertThat(mistakes(imported).stream().filter(m -> m.contains("decides nothing")))
        .singleElement()
        .asString()
        .startsWith("9 ");
  }

  @Test
  void several_addresses_of_one_option_are_several_networks() {
    assertPolicy(
        rules(
            "-A INPUT -p tcp -s 10.0.0.0/8,192.168.0.0/16 -d 192.0.2.1,192.0.2.3 --dport 22 -j ACCEPT"),
        """
        ingress:
        - name: ssh
          action: Accept
          from: [{networks: [10.0.0.0/8, 192.168.0.0/16]}]
          to: [{networks: [192.0.2.1/32, 192.0.2.3/32]}]
          ports: [{protocol: TCP, port: 22}]
        """);
  }

  private static final String LIMITED = "-m limit --limit 1/min --limit-burst 3 -j ACCEPT";

  @Test
  void a_limit_that_several_ways_share_is_not_carried_over_in_silence() {
    var shared =
        rules(
            "-N slow",
            "-A INPUT -p tcp --dport 22 -j slow",
            "-A INPUT -p tcp --dport 80 -j slow",
            "-A slow " + LIMITED,
            "-A slow -j DROP");
    var alone = rules("-N slow", "-A INPUT -p tcp --dport 22 -j slow", "-A slow " + LIMITED);

    assertThat(lost(shared)).hasSize(2).allMatch(l -> l.contains("one for all packets"));
    assertThat(lost(alone)).isEmpty();
  }

  @Test
  void a_limit_of_incoming_and_routed_packets_is_shared_too() {
    var imported =
        rules(
            "-N slow",
            "-A INPUT -j slow",
            "-A FORWARD -j slow",
            "-A slow -p tcp --dport 80 " + LIMITED,
            "-A slow -j DROP");

    assertThat(lost(imported)).isNotEmpty().allMatch(l -> l.contains("one for all packets"));
  }

  @Test
  void limits_of_one_name_are_one_limit() {
    var rule =
        "-A INPUT -p tcp --dport %d -m hashlimit --hashlimit-upto %d/min --hashlimit-mode srcip"
            + " --hashlimit-name %s -j ACCEPT";
    var shared = rules(rule.formatted(22, 1, "a"), rule.formatted(80, 60, "a"));

    assertThat(lost(shared))
        .hasSize(2)
        .anyMatch(l -> l.startsWith("7 its limit is that of line 8"));
    assertThat(mistakes(shared)).anyMatch(m -> m.startsWith("8 line 7 has the same"));
    assertThat(lost(rules(rule.formatted(22, 1, "a"), rule.formatted(80, 60, "b")))).isEmpty();
  }

  @Test
  void a_limit_beside_a_list_of_addresses_is_one_for_each() {
    var from = "-A INPUT -s 10.0.0.0/8,192.168.0.0/16 -p tcp --dport 22 ";
    var bySource = "-m hashlimit --hashlimit-upto 1/min --hashlimit-mode srcip --hashlimit-name a";

    assertThat(lost(rules(from + LIMITED))).singleElement().asString().contains("of each address");
    assertThat(lost(rules(from + bySource + " -j ACCEPT"))).isEmpty();
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

  @Test
  void a_rejecting_end_is_the_default_and_rules_behind_it_are_dead() {
    var imported =
        rules(
            "-A INPUT -j REJECT --reject-with icmp-host-prohibited",
            "-A INPUT -p tcp --dport 22 -j ACCEPT");

    assertPolicy(imported, "defaultActions: {ingress: Reject}\n");
    assertThat(mistakes(imported))
        .anyMatch(m -> m.startsWith("8 no packet comes this far: line 7"));
    assertThat(lost(imported)).isEmpty();
  }

  @Test
  void ban_lists_become_one_rule_and_negations_exceptions() {
    var bans =
        Stream.iterate(1, i -> i + 2)
            .limit(70)
            .map(i -> "-A INPUT -s 198.51.100." + i + " -j REJECT")
            .toArray(String[]::new);
    var imported = rules(bans);
    var rule = imported.policies().getFirst().ingress().getFirst();

    assertThat(imported.policies().getFirst().ingress()).hasSize(1);
    assertThat(rule.from()).hasSize(2);
    assertPolicy(
        rules("-A INPUT ! -s 10.0.0.0/8 -p tcp --dport 22 -j REJECT", "-A INPUT -j ACCEPT"),
        """
        ingress:
        - name: reject-ssh
          action: Reject
          from: [{networks: [0.0.0.0/0], except: [10.0.0.0/8]}]
          ports: [{protocol: TCP, port: 22}]
        - name: rest
          action: Accept
          from: [{networks: [0.0.0.0/0]}]
        """);
  }

  @Test
  void more_rules_than_a_policy_holds_become_more_policies() {
    var many =
        Stream.iterate(1, i -> i + 1)
            .limit(300)
            .map(
                i ->
                    "-A INPUT -p tcp --dport "
                        + 2 * i
                        + " -s 10."
                        + i / 256
                        + "."
                        + i % 256
                        + ".0/24 -j ACCEPT")
            .toArray(String[]::new);
    var imported = rules(many);

    assertThat(imported.policies()).hasSize(3);
    assertThat(imported.policies().stream().map(HostFirewallPolicySpec::priority))
        .containsExactly(null, 501, 502);
    assertThat(imported.policies()).allSatisfy(p -> assertThat(PolicyCheck.check(p)).isEmpty());
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
        "iptbales -A INPUT -j DROP ¦ begins no line",
        "-D INPUT -p tcp --dport 22 -j ACCEPT ¦ loaded already",
        "-A INPUT -j NOWHERE ¦ not known",
        "-A INPUT -j KUBE-FIREWALL ¦ another program's",
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
  void what_the_node_routes_and_sends_has_lists_of_its_own() {
    var text =
        """
        *filter
        :INPUT DROP [0:0]
        :FORWARD DROP [0:0]
        :OUTPUT DROP [0:0]
        -A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT
        -A INPUT -i lo -j ACCEPT
        -A FORWARD -m state --state RELATED,ESTABLISHED -j ACCEPT
        -A FORWARD -i eth1 -s 10.0.0.0/8 -d 192.0.2.0/24 -p tcp --dport 443 -j ACCEPT
        -A FORWARD -i eth1 -o eth0 -j ACCEPT
        -A OUTPUT -o lo -j ACCEPT
        -A OUTPUT -m state --state ESTABLISHED -j ACCEPT
        -A OUTPUT -o eth+ -p udp --dport 53 -d 192.0.2.53 -j ACCEPT
        -A OUTPUT -p tcp -m multiport --dports 80,443 -j ACCEPT
        COMMIT
        """;
    var imported = ipv4(text);

    assertPolicy(
        imported,
        """
        egress:
        - name: dns
          action: Accept
          to: [{networks: [192.0.2.53/32]}]
          ports: [{protocol: UDP, port: 53}]
          interfaces: ["eth*"]
        - name: tcp-ports
          action: Accept
          to: [{networks: [0.0.0.0/0]}]
          ports: [{protocol: TCP, port: 80}, {protocol: TCP, port: 443}]
        - name: deny-all
          action: Deny
          to: [{networks: [0.0.0.0/0]}]
        forward:
        - name: https
          action: Accept
          from: [{networks: [10.0.0.0/8]}]
          to: [{networks: [192.0.2.0/24]}]
          ports: [{protocol: TCP, port: 443}]
          interfaces: [eth1]
        """);
    assertThat(lost(imported)).hasSize(1).first().asString().startsWith("9 ").contains("leave");
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
        .anyMatch(l -> l.startsWith("0 the chains behind INPUT have more ways"));
  }
}
