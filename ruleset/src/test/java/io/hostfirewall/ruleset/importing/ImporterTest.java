package io.hostfirewall.ruleset.importing;

import static io.hostfirewall.ruleset.importing.Imports.FRAME;
import static io.hostfirewall.ruleset.importing.Imports.assertPolicy;
import static io.hostfirewall.ruleset.importing.Imports.both;
import static io.hostfirewall.ruleset.importing.Imports.ipv4;
import static io.hostfirewall.ruleset.importing.Imports.lost;
import static io.hostfirewall.ruleset.importing.Imports.mistakes;
import static io.hostfirewall.ruleset.importing.Imports.rules;
import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.api.v1alpha1.Action;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import io.hostfirewall.api.v1alpha1.Peer;
import io.hostfirewall.api.v1alpha1.PolicyRule;
import io.hostfirewall.api.v1alpha1.ReversePath;
import io.hostfirewall.ruleset.check.PolicyCheck;
import io.hostfirewall.ruleset.importing.Importer.Imported;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImporterTest {

  /** More bans than a policy can have rules. */
  private static final int MANY = 2_100;

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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-A PREROUTING -i eth1 -m rpfilter --invert -j LOG",
        "-A PREROUTING -m rpfilter --invert -j LOG",
        "-A PREROUTING -i eth1 -m rpfilter --invert -j DROP",
        "-A PREROUTING -s 10.0.0.0/8 -m rpfilter --invert -j DROP",
        "-A PREROUTING -m rpfilter --invert -m mark --mark 7 -j DROP",
        "-A PREROUTING -m rpfilter --invert -m limit --limit 1/min -j DROP",
        "-A PREROUTING -i wg0 -j ACCEPT\n-A PREROUTING -m rpfilter --invert -j DROP"
      })
  void a_reverse_path_of_some_packets_is_listed(String rules) {
    var imported =
        ipv4("*raw\n:PREROUTING ACCEPT [0:0]\n%s\nCOMMIT\n".formatted(rules) + FRAME.formatted(""));

    assertThat(mode(imported)).isNull();
    assertThat(lost(imported)).anyMatch(line -> line.contains("if all are meant"));
  }

  @Test
  void the_type_255_of_icmp_is_any_as_it_is_to_the_kernel() {
    var any = rules("-A INPUT -p icmp -m icmp --icmp-type any -j ACCEPT").policies();

    for (var type : new String[] {"255", "255/255", "255/3", "255/0:255"}) {
      assertThat(rules("-A INPUT -p icmp -m icmp --icmp-type " + type + " -j ACCEPT").policies())
          .as(type)
          .isEqualTo(any);
    }
    assertThat(any).isNotEqualTo(rules().policies());
  }

  @ParameterizedTest
  @CsvSource({
    "-p tcp --dport 022, -p tcp --dport 18",
    "-p tcp --dport 0x50, -p tcp --dport 80",
    "-p tcp --dport 0x10:020, -p tcp --dport 16",
    "-s 010.0.0.1, -s 8.0.0.1",
    "-s 0x10.0.0.1, -s 16.0.0.1",
    "-s 10.0.0.1/010, -s 10.0.0.0/8",
    "-s 10.0.0.1/0377.0.0.0, -s 10.0.0.0/8",
    "-m iprange --src-range 010.0.0.1-011.0.0.2, -m iprange --src-range 8.0.0.1-9.0.0.2",
    "-p icmp --icmp-type Echo-Request, -p icmp --icmp-type 8",
    "-p icmp --icmp-type echo-req, -p icmp --icmp-type 8",
  })
  void words_are_read_as_iptables_reads_them(String written, String meant) {
    var imported = rules("-A INPUT %s -j ACCEPT".formatted(written));

    assertThat(imported.policies())
        .isEqualTo(rules("-A INPUT %s -j ACCEPT".formatted(meant)).policies())
        .isNotEqualTo(rules().policies());
    assertThat(lost(imported)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-p tcp --dport 08",
        "-p tcp --dport 0x10000",
        "-s 08.0.0.1",
        "-s 0400.0.0.1",
        "-p icmp --icmp-type ech"
      })
  void words_that_iptables_refuses_open_nothing(String written) {
    var imported = rules("-A INPUT %s -j ACCEPT".formatted(written));

    assertThat(imported.policies()).isEqualTo(rules().policies());
    assertThat(lost(imported)).hasSize(1);
  }

  @Test
  void not_any_icmp_is_none() {
    for (var type : new String[] {"any", "255/3"}) {
      assertThat(rules("-A INPUT -p icmp -m icmp ! --icmp-type " + type + " -j ACCEPT").policies())
          .as(type)
          .isEqualTo(rules().policies());
    }
  }

  @Test
  void what_both_spellings_of_all_codes_mean_is_the_type() {
    assertThat(rules("-A INPUT -p icmp -m icmp --icmp-type 8/0:255 -j ACCEPT").policies())
        .isEqualTo(rules("-A INPUT -p icmp -m icmp --icmp-type 8 -j ACCEPT").policies());
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
  void a_long_ban_list_is_as_many_rules_as_its_networks_need() {
    var bans =
        Stream.iterate(1, i -> i + 2)
            .limit(MANY)
            .map(i -> "-A INPUT -s 10.%d.%d.%d -j DROP".formatted(i >> 16, i >> 8 & 255, i & 255));
    var lines = Stream.concat(bans, Stream.of("-A INPUT -p tcp --dport 22 -j ACCEPT"));
    var imported = rules(lines.toArray(String[]::new));
    var policy = imported.policies().getFirst();

    assertThat(lost(imported)).isEmpty();
    assertThat(policy.ingress()).hasSize(4);
    assertThat(PolicyCheck.check(policy)).isEmpty();
    assertThat(policy.ingress())
        .filteredOn(rule -> rule.action() == Action.DENY)
        .flatExtracting(PolicyRule::from)
        .flatExtracting(Peer::networks)
        .hasSize(MANY);
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

  private static final String POSTROUTING =
      """
      *mangle
      :POSTROUTING %s [0:0]
      -A POSTROUTING -d 10.1.2.3/32 -j DROP
      -A POSTROUTING -d 10.0.0.0/8 -j ACCEPT
      COMMIT
      *filter
      :INPUT DROP [0:0]
      :FORWARD DROP [0:0]
      :OUTPUT DROP [0:0]
      -A OUTPUT -p tcp --dport 443 -m comment --comment shops -j ACCEPT
      -A FORWARD -p udp --dport 53 -j ACCEPT
      COMMIT
      """;

  @Test
  void what_filter_accepts_may_be_dropped_behind_it() {
    var imported = ipv4(POSTROUTING.formatted("ACCEPT"));

    assertPolicy(
        imported,
        """
        egress:
        - name: deny-https
          action: Deny
          to: [{networks: [10.1.2.3/32]}]
          ports: [{protocol: TCP, port: 443}]
        - name: shops
          action: Accept
          to: [{networks: [10.0.0.0/8]}]
          ports: [{protocol: TCP, port: 443}]
        - name: shops-2
          action: Accept
          to: [{networks: [0.0.0.0/0]}]
          ports: [{protocol: TCP, port: 443}]
        - name: deny-all
          action: Deny
          to: [{networks: [0.0.0.0/0]}]
        forward:
        - name: deny-dns
          action: Deny
          from: [{networks: [0.0.0.0/0]}]
          to: [{networks: [10.1.2.3/32]}]
          ports: [{protocol: UDP, port: 53}]
        - name: dns
          action: Accept
          from: [{networks: [0.0.0.0/0]}]
          to: [{networks: [10.0.0.0/8]}]
          ports: [{protocol: UDP, port: 53}]
        - name: dns-2
          action: Accept
          from: [{networks: [0.0.0.0/0]}]
          ports: [{protocol: UDP, port: 53}]
        """);
    assertThat(lost(imported)).isEmpty();
  }

  @Test
  void the_policy_of_the_last_chain_drops_what_filter_accepts() {
    var imported = ipv4(POSTROUTING.formatted("DROP"));
    var policy = imported.policies().getFirst();

    assertThat(policy.egress())
        .filteredOn(rule -> rule.action() == Action.ACCEPT)
        .singleElement()
        .satisfies(rule -> assertThat(rule.to()).isEqualTo(List.of(network("10.0.0.0/8"))));
    assertThat(policy.forward())
        .filteredOn(rule -> rule.action() == Action.ACCEPT)
        .singleElement()
        .satisfies(rule -> assertThat(rule.to()).isEqualTo(List.of(network("10.0.0.0/8"))));
  }

  private static Peer network(String network) {
    return new Peer(List.of(network), null, null, null);
  }
}
