package io.hostfirewall.ruleset.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.ruleset.Policies;
import io.hostfirewall.ruleset.merge.PolicyMerge;
import io.hostfirewall.ruleset.model.Chain;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.IpSet;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.RuleSet;
import io.hostfirewall.ruleset.model.Table;
import io.hostfirewall.ruleset.model.TableName;
import io.hostfirewall.ruleset.model.Verdict;
import io.hostfirewall.ruleset.render.Generation;
import io.hostfirewall.ruleset.render.RuleText;
import io.hostfirewall.ruleset.trial.Steps;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CompilerTest {

  private static final Path GOLDEN = Path.of("src/test/resources/golden");

  private static RuleSet compile(Family family, String yaml) {
    return Policies.compile(family, NodeFacts.standAlone(), yaml);
  }

  private static List<String> chain(RuleSet rules, String name) {
    return rules.tables().stream()
        .flatMap(table -> table.chains().stream())
        .filter(chain -> chain.name().equals(name))
        .map(Chain::rules)
        .findFirst()
        .orElseThrow()
        .stream()
        .map(rule -> RuleText.of(rule).strip())
        .toList();
  }

  private static List<String> rules(Family family, String rule) {
    var all =
        chain(compile(family, "nodeSelector: {}\ningress: [{name: r, " + rule + "}]\n"), "RULES");
    return all.subList(0, all.size() - 1);
  }

  @ParameterizedTest
  @EnumSource
  void the_web_server_is_what_it_was(Family family) throws IOException {
    var text = Steps.fresh(family, compile(family, Policies.WEB_SERVER), "hfr-0123456789ab");
    var golden = GOLDEN.resolve("web-server." + family.name().toLowerCase(Locale.ROOT));
    assertThat(golden).hasContent(text);
  }

  @Test
  void more_than_fifteen_ports_take_more_than_one_rule() {
    var ports = new ArrayList<String>();
    for (var port = 1; port <= 16; port++) {
      ports.add("{protocol: TCP, port: " + port * 10 + "}");
    }
    assertThat(rules(Family.IPV4, "action: Accept, ports: " + ports))
        .hasSize(2)
        .first()
        .asString()
        .contains("--dports 10,20,30,40,50,60,70,80,90,100,110,120,130,140,150 ");
  }

  @Test
  void rejecting_resets_tcp_and_answers_the_rest() {
    assertThat(rules(Family.IPV6, "action: Reject"))
        .containsExactly(
            "-p tcp -m comment --comment \"web-server/r\" -j REJECT --reject-with tcp-reset",
            "-m comment --comment \"web-server/r\" -j REJECT --reject-with icmp6-port-unreachable");
  }

  @Test
  void each_interface_has_a_rule_of_its_own() {
    assertThat(
            rules(
                Family.IPV4,
                "action: Accept, interfaces: [eth0, bond*], ports: [{protocol: UDP, port: 53}]"))
        .containsExactly(
            "-i eth0 -p udp -m udp --dport 53 -m comment --comment \"web-server/r\" -j RETURN",
            "-i bond+ -p udp -m udp --dport 53 -m comment --comment \"web-server/r\" -j RETURN");
  }

  @Test
  void connections_are_counted_in_one_place_for_all_alternatives_of_a_rule() {
    var rules =
        compile(
            Family.IPV6,
            """
            nodeSelector: {}
            ingress:
            - name: r
              action: Accept
              ports: [{protocol: TCP, port: 80}, {protocol: UDP, port: 80}]
              connectionLimit: {perSource: 10}
              rateLimit: {limit: 1, unit: Minute, burst: 5, sourcePrefixLength: {ipv6: 56}, exceeded: Reject}
            """);

    for (var copy : List.of("RULES", "DNAT-RULES")) {
      assertThat(chain(rules, copy).subList(0, 2)).allMatch(rule -> rule.endsWith(" -g R1"));
    }
    assertThat(chain(rules, "R1"))
        .hasSize(4)
        .first()
        .isEqualTo(
            "-m connlimit --connlimit-above 10 --connlimit-mask 56 --connlimit-saddr -m comment"
                + " --comment \"web-server/r\" -j DROP");
  }

  @Test
  void a_rule_that_counts_logs_what_it_decides_by_one_budget_and_counts_once() {
    var rules =
        compile(
            Family.IPV4,
            """
            nodeSelector: {}
            logging: {perMinute: 2}
            ingress:
            - name: r
              action: Accept
              rateLimit: {limit: 1, unit: Minute, burst: 5, exceeded: Reject}
              logging: {perMinute: 60}
            """);

    assertThat(chain(rules, "R1"))
        .extracting(CompilerTest::target)
        .containsExactly(
            "-g R1A",
            "-j LOG --log-prefix \"hfw web-server/r Reject: \"",
            "-j REJECT --reject-with tcp-reset",
            "-j REJECT --reject-with icmp-port-unreachable");
    assertThat(chain(rules, "R1A"))
        .extracting(CompilerTest::target)
        .containsExactly("-j LOG --log-prefix \"hfw web-server/r Accept: \"", "-j RETURN");
    assertThat(chain(rules, "R1").get(1).split("-m comment", 2)[0])
        .isEqualTo(chain(rules, "R1A").getFirst().split("-m comment", 2)[0])
        .startsWith("-m hashlimit --hashlimit-upto 1/sec --hashlimit-burst 5 ");
    assertThat(chain(rules, "RULES"))
        .extracting(CompilerTest::target)
        .containsExactly("-g R1", "-j LOG --log-prefix \"hfw default#ingress Deny: \"", "-j DROP");
  }

  private static String target(String rule) {
    return rule.replaceFirst(".* (-[jg] [A-Z])", "$1");
  }

  @Test
  void lines_of_an_audit_are_marked_and_have_a_budget_of_their_own() {
    var rules =
        compile(
            Family.IPV4,
            """
            nodeSelector: {}
            enforcement: Audit
            ingress: [{name: r, action: Deny, logging: {perMinute: 1}}]
            """);

    assertThat(chain(rules, "A-R1"))
        .extracting(CompilerTest::target)
        .containsExactly("-j LOG --log-prefix \"hfa web-server/r Deny: \"", "-j RETURN");
  }

  @Test
  void a_name_too_long_for_a_log_is_cut_and_stays_its_own() {
    var yaml =
        """
        nodeSelector: {}
        ingress:
        - {name: many-letters, action: Deny, logging: {perMinute: 1}}
        - {name: many-figures, action: Deny, logging: {perMinute: 1}}
        """;
    var kernel = Policies.compile(Family.IPV4, NodeFacts.standAlone(), yaml);
    var letters = target(chain(kernel, "R1").getFirst());

    assertThat(letters).matches("-j LOG --log-prefix \"hfw web-serve~[0-9a-f]{6} Deny: \"");
    assertThat(target(chain(kernel, "R2").getFirst())).isNotEqualTo(letters);
    assertThat(
            target(chain(Policies.compile(Family.IPV4, Policies.worker(), yaml), "R1").getFirst()))
        .isEqualTo("-j NFLOG --nflog-prefix \"hfw web-server/many-letters Deny\" --nflog-group 7");
  }

  @Test
  void the_reverse_path_is_checked_behind_what_every_node_needs_and_bridged_frames() {
    var raw =
        chain(
            Policies.compile(
                Family.IPV4,
                Policies.worker(),
                "nodeSelector: {}\nprotections: {reversePath: Strict, bogusTcpFlags: Disabled}\n"),
            "RAW");

    assertThat(raw.getLast())
        .isEqualTo(
            "-m rpfilter --invert -m comment --comment \"web-server#protections.reversePath\" -j"
                + " DROP");
    assertThat(raw.get(raw.size() - 2)).startsWith("-i br0 ").endsWith(" -j RETURN");
    assertThat(indexOf(raw, "DHCP")).isNotNegative();
  }

  @Test
  void nodes_that_are_not_trusted_are_left_what_the_cluster_needs() {
    var rules =
        Policies.compile(Family.IPV4, Policies.worker(), "nodeSelector: {}\ntrustNodes: false\n");

    assertThat(chain(rules, "SOURCES").getFirst())
        .startsWith("-p tcp -m multiport --dports 179,4240,5473,7946,9345,10250,10256,30000:32767 ")
        .endsWith(" -g TRUSTED");
    assertThat(chain(rules, "SOURCES")).hasSize(7);
    assertThat(chain(rules, "DNAT-SOURCES")).hasSize(2);
    assertThat(chain(rules, "FWD-SOURCES")).hasSize(3);
  }

  @Test
  void protocols_are_matched_by_number_and_headers_of_ipv6_as_such() {
    var rule = "action: Reject, protocols: [50, 51]";

    assertThat(rules(Family.IPV4, rule))
        .containsExactly(
            "-p 50 -m comment --comment \"web-server/r\" -j REJECT --reject-with"
                + " icmp-port-unreachable",
            "-p 51 -m comment --comment \"web-server/r\" -j REJECT --reject-with"
                + " icmp-port-unreachable");
    assertThat(rules(Family.IPV6, rule).getLast())
        .isEqualTo(
            "-m ah -m comment --comment \"web-server/r\" -j REJECT --reject-with"
                + " icmp6-port-unreachable");
  }

  @Test
  void the_protocol_of_a_rejection_stands_behind_the_interface() {
    assertThat(rules(Family.IPV4, "action: Reject, interfaces: [eth0]").getFirst())
        .isEqualTo(
            "-i eth0 -p tcp -m comment --comment \"web-server/r\" -j REJECT --reject-with"
                + " tcp-reset");
  }

  @Test
  void the_protocol_of_a_rejection_stands_behind_the_interface_by_which_packets_leave() {
    var egress = "egress: [{name: lan, action: Reject, interfaces: [eth0]}]\n";
    var rules = compile(Family.IPV4, "nodeSelector: {}\n" + egress);

    assertThat(rules.tables().stream().flatMap(table -> table.chains().stream()))
        .flatExtracting(
            chain -> chain.rules().stream().map(RuleText::of).map(String::strip).toList())
        .contains(
            "-o eth0 -p tcp -m comment --comment \"web-server/lan\" -j REJECT --reject-with"
                + " tcp-reset");
  }

  @Test
  void a_limit_of_the_node_takes_everybody_for_one_source() {
    assertThat(
            rules(
                    Family.IPV6,
                    "action: Accept, rateLimit: {limit: 1, unit: Minute, burst: 1, per: Node}")
                .getFirst())
        .contains(
            "--hashlimit-htable-size 16 --hashlimit-htable-max 16 ", "--hashlimit-srcmask 0 ");
  }

  @Test
  void networks_become_one_set_without_what_is_excepted() {
    var rules =
        compile(
            Family.IPV4,
            """
            nodeSelector: {}
            ingress:
            - name: office
              action: Accept
              from:
              - {networks: [192.0.2.0/24, 198.51.100.0/24, "2001:db8::/32"], except: [192.0.2.128/25]}
              - {networks: [203.0.113.7/32]}
            """);

    assertThat(rules.sets())
        .singleElement()
        .extracting(IpSet::entries)
        .isEqualTo(List.of("192.0.2.0/25", "198.51.100.0/24", "203.0.113.7"));
    assertThat(chain(rules, "RULES").getFirst())
        .startsWith("-m set --match-set " + rules.sets().getFirst().name() + " src ");
  }

  @Test
  void own_addresses_of_translated_connections_are_matched_one_by_one() {
    var rule =
        "nodeSelector: {}\ningress: [{name: r, action: Accept, to: [{networks: [192.0.2.0/30,"
            + " \"2001:db8::2/127\"]}]}]\n";

    assertThat(chain(compile(Family.IPV4, rule), "DNAT-RULES"))
        .containsExactly(
            "-m conntrack --ctorigdst 192.0.2.0/30 -m comment --comment \"web-server/r\" -j RETURN",
            "-m comment --comment \"(default) defaultActions.ingress\" -j DROP");
    assertThat(chain(compile(Family.IPV6, rule), "DNAT-RULES"))
        .startsWith(
            "-m conntrack --ctorigdst 2001:db8::2 -m comment --comment \"web-server/r\" -j RETURN",
            "-m conntrack --ctorigdst 2001:db8::3 -m comment --comment \"web-server/r\" -j RETURN");
    assertThat(chain(compile(Family.IPV6, rule), "RULES").getFirst()).contains(" dst ");
  }

  @Test
  void a_rule_about_one_family_does_not_exist_in_the_other() {
    var rule = "action: Accept, from: [{networks: [10.0.0.0/8]}]";
    assertThat(rules(Family.IPV4, rule)).hasSize(1);
    assertThat(rules(Family.IPV6, rule)).isEmpty();
  }

  @Test
  void everybody_needs_no_set() {
    assertThat(rules(Family.IPV4, "action: Accept, from: [{networks: [0.0.0.0/0]}]"))
        .containsExactly("-m comment --comment \"web-server/r\" -j RETURN");
  }

  @Test
  void a_rule_whose_networks_are_all_excepted_is_about_nobody() {
    assertThat(
            rules(
                Family.IPV4,
                "action: Accept, from: [{networks: [10.0.0.0/8], except: [10.0.0.0/8]}]"))
        .isEmpty();
  }

  @Test
  void the_cluster_is_stopped_only_by_rules_that_name_their_sources() {
    var rules =
        Policies.compile(
            Family.IPV4,
            Policies.worker(),
            """
            nodeSelector: {}
            ingress:
            - {name: anyone, action: Deny}
            - {name: everyone, action: Deny, from: [{networks: [0.0.0.0/0]}]}
            - {name: some, action: Deny, from: [{networks: [10.0.0.0/8]}]}
            """);

    assertThat(chain(rules, "TRUSTED")).hasSize(2).first().asString().contains("web-server/some");
    assertThat(chain(rules, "DNAT-TRUSTED")).hasSize(2);
    assertThat(chain(rules, "RULES")).hasSize(4);
  }

  @Test
  void an_expiry_outlives_the_refill_of_the_burst() {
    assertThat(rules(Family.IPV4, "action: Accept, rateLimit: {limit: 1, unit: Minute, burst: 10}"))
        .first()
        .asString()
        .contains("--hashlimit-htable-expire 660000");
  }

  @Test
  void a_changed_limit_has_another_name() {
    var one = rules(Family.IPV4, "action: Accept, rateLimit: {limit: 1, unit: Minute, burst: 10}");
    var other =
        rules(Family.IPV4, "action: Accept, rateLimit: {limit: 1, unit: Minute, burst: 11}");
    assertThat(name(one)).isNotEqualTo(name(other)).matches("hfw4-[0-9a-f]{12}");
  }

  @Test
  void rules_of_one_name_in_two_directions_have_limits_of_their_own() {
    var rule = "%s: [{name: r, action: Accept, rateLimit: {limit: 1, unit: Hour, burst: 9}}]\n";
    var rules =
        compile(
            Family.IPV4,
            "nodeSelector: {}\n" + rule.formatted("ingress") + rule.formatted("forward"));

    assertThat(name(chain(rules, "RULES"))).isNotEqualTo(name(chain(rules, "FWD-RULES")));
    assertThat(name(chain(rules, "RULES"))).isEqualTo(name(chain(rules, "DNAT-RULES")));
  }

  @Test
  void where_all_policies_are_audited_nothing_is_dropped() {
    var rules =
        Policies.compile(
            Family.IPV4,
            Policies.worker(),
            "enforcement: Audit\n"
                + Policies.WEB_SERVER
                + "egress: [{name: r, action: Reject}]\nforward: [{name: r, action: Deny}]\n");

    assertThat(rules.tables()).hasSize(3);
    assertThat(rules.tables())
        .flatMap(Table::chains)
        .flatMap(Chain::rules)
        .extracting(Rule::verdict)
        .noneMatch(verdict -> verdict instanceof Verdict.Drop || verdict instanceof Verdict.Reject);
    assertThat(chain(rules, "A-FWD-RULES").getFirst())
        .isEqualTo("-m comment --comment \"(audit Deny) web-server/r\" -j RETURN");
  }

  @Test
  void what_is_audited_is_met_once_before_what_is_enforced_and_has_limits_of_its_own() {
    var enforced = Policies.policy("web-server", Policies.WEB_SERVER);
    var audited =
        Policies.policy(
            "tried", "nodeSelector: {}\nenforcement: Audit\ningress: [{name: r, action: Deny}]\n");
    var policy = PolicyMerge.merge(List.of(enforced, audited));
    var rules = Compiler.compile(policy, NodeFacts.standAlone(), Family.IPV4);

    var input = chain(rules, "INPUT");
    assertThat(input).filteredOn(rule -> rule.endsWith("-j A-INPUT")).hasSize(1);
    assertThat(indexOf(input, "-j A-INPUT")).isLessThan(indexOf(input, "limited queries"));
    assertThat(chain(rules, "A-RULES"))
        .startsWith("-m comment --comment \"(audit Deny) tried/r\" -j RETURN")
        .allMatch(rule -> rule.endsWith("-j RETURN"));
    assertThat(name(chain(rules, "A-RULES").subList(1, 2)))
        .isNotEqualTo(name(chain(rules, "RULES")))
        .matches("hfw4-[0-9a-f]{12}");
  }

  private static String name(List<String> rules) {
    return rules.getFirst().replaceAll(".*--hashlimit-name (\\S+) .*", "$1");
  }

  @Test
  void a_limited_ping_is_judged_before_replies_pass() {
    var input = chain(compile(Family.IPV4, Policies.WEB_SERVER), "INPUT");
    var ping = indexOf(input, "--icmp-type 8 ");
    assertThat(ping).isNotNegative().isLessThan(indexOf(input, "RELATED,ESTABLISHED"));
  }

  @Test
  void a_limited_error_is_not_because_it_belongs_to_a_connection() {
    var input =
        chain(
            compile(
                Family.IPV4,
                "nodeSelector: {}\ningress: [{name: r, action: Accept, icmp: [{type:"
                    + " DestinationUnreachable}], rateLimit: {limit: 1, unit: Hour, burst: 1}}]\n"),
            "INPUT");
    assertThat(indexOf(input, "--icmp-type 3 ")).isNegative();
  }

  private static int indexOf(List<String> rules, String part) {
    for (var i = 0; i < rules.size(); i++) {
      if (rules.get(i).contains(part)) {
        return i;
      }
    }
    return -1;
  }

  @Test
  void the_api_server_stays_open_to_those_named() {
    var ipv4 = Policies.compile(Family.IPV4, Policies.controlPlane(), "nodeSelector: {}\n");
    assertThat(chain(ipv4, "UPLINK-INPUT"))
        .anyMatch(rule -> rule.startsWith("-p tcp -m tcp --dport 6443 -m set --match-set hfw4-r-"));
    assertThat(ipv4.sets()).hasSize(1);
  }

  @Test
  void named_uplinks_are_the_only_ones_judged() {
    var rules = Policies.compile(Family.IPV4, Policies.controlPlane(), "nodeSelector: {}\n");
    assertThat(chain(rules, "INPUT"))
        .containsExactly(
            "-i eth0 -m comment --comment \"(built-in) uplink\" -g UPLINK-INPUT",
            "-i eth1 -m comment --comment \"(built-in) uplink\" -g UPLINK-INPUT");
  }

  @Test
  void administrators_reach_ssh_whatever_the_policies_say() {
    var ssh = new NodeFacts.Door(List.of(22, 2222), List.of(Cidr.parse("192.0.2.0/24")));
    var facts = Policies.standAlone(ssh);

    var rules = Policies.compile(Family.IPV4, facts, "nodeSelector: {}\n");
    assertThat(chain(rules, "INPUT"))
        .filteredOn(rule -> rule.contains("SSH of administrators"))
        .hasSize(2)
        .allMatch(
            rule -> rule.contains("-m set --match-set hfw4-r-") && rule.endsWith("-j RETURN"));
    assertThat(rules.sets()).extracting(IpSet::entries).contains(List.of("192.0.2.0/24"));

    assertThat(chain(Policies.compile(Family.IPV6, facts, "nodeSelector: {}\n"), "INPUT"))
        .noneMatch(rule -> rule.contains("SSH of administrators"));
  }

  @Test
  void etcd_is_open_to_its_peers_where_an_api_server_runs_before_anything_can_drop() {
    for (var family : Family.values()) {
      var rules = Policies.compile(family, Policies.controlPlane(), Policies.WEB_SERVER);
      var input = chain(rules, "UPLINK-INPUT");
      var etcd = input.stream().filter(rule -> rule.contains("(built-in) etcd")).toList();

      assertThat(etcd).hasSize(1);
      assertThat(etcd.getFirst())
          .contains(
              "--dport 2379:2380",
              "--match-set " + SetNames.addressSet(family, "cluster-control-plane") + " src")
          .endsWith("-j RETURN");
      assertThat(input.subList(0, input.indexOf(etcd.getFirst())))
          .filteredOn(rule -> !rule.startsWith("-p ipv6-icmp "))
          .noneMatch(rule -> rule.contains("DROP") || rule.contains(" -g "));
      assertThat(chain(Policies.compile(family, Policies.worker(), Policies.WEB_SERVER), "INPUT"))
          .noneMatch(rule -> rule.contains("etcd"));
    }
  }

  @Test
  void what_lives_in_sets_leaves_no_trace_in_the_rules() {
    var other =
        new NodeFacts(
            List.of(),
            List.of("cali+"),
            true,
            List.of("br0"),
            true,
            10250,
            NodeFacts.Door.NONE,
            NodeFacts.Door.NONE,
            List.of(),
            List.of(),
            List.of(),
            Policies.worker().nameServers(),
            new LogTarget.Group(7),
            Untracking.READY);
    assertThat(Policies.compile(Family.IPV4, other, Policies.WEB_SERVER))
        .isEqualTo(Policies.compile(Family.IPV4, Policies.worker(), Policies.WEB_SERVER));
  }

  @Test
  void a_full_table_of_connections_fills_one_set_and_leaves_the_rules() {
    var relieved = Policies.administered(Untracking.READY);
    var exhausted = Policies.administered(Untracking.NEEDED);

    assertThat(Policies.compile(Family.IPV4, exhausted, Policies.WEB_SERVER))
        .isEqualTo(Policies.compile(Family.IPV4, relieved, Policies.WEB_SERVER));
    assertThat(LiveSets.of(exhausted, Map.of(), Family.IPV4))
        .filteredOn(set -> !LiveSets.of(relieved, Map.of(), Family.IPV4).contains(set))
        .singleElement()
        .satisfies(
            set -> {
              assertThat(set.name()).isEqualTo(SetNames.untracked(Family.IPV4));
              assertThat(set.entries()).containsExactly("203.0.113.0/24");
            });
  }

  @Test
  void a_kernel_that_cannot_leave_a_packet_untracked_gets_all_rules_but_those() {
    var able = Policies.administered(Untracking.READY);
    var unable = Policies.administered(Untracking.IMPOSSIBLE);
    for (var family : Family.values()) {
      var rules = Policies.compile(family, unable, Policies.WEB_SERVER);
      var others = Policies.compile(family, able, Policies.WEB_SERVER);
      assertThat(rules.tables())
          .isEqualTo(
              others.tables().stream()
                  .filter(table -> table.name() != TableName.RAW_OUTPUT)
                  .map(CompilerTest::withoutUntracking)
                  .toList());
      assertThat(rules.sets()).isEqualTo(others.sets());
      assertThat(LiveSets.of(unable, Map.of(), family))
          .noneMatch(set -> set.name().equals(SetNames.untracked(family)));
    }
    assertThat(Policies.compile(Family.IPV4, able, Policies.WEB_SERVER).tables())
        .as("control")
        .isNotEqualTo(Policies.compile(Family.IPV4, unable, Policies.WEB_SERVER).tables());
  }

  private static Table withoutUntracking(Table table) {
    return new Table(
        table.name(),
        table.chains().stream()
            .map(
                chain ->
                    new Chain(
                        chain.name(),
                        chain.rules().stream()
                            .filter(rule -> !(rule.verdict() instanceof Verdict.Untrack))
                            .toList()))
            .toList());
  }

  @Test
  void live_sets_hold_what_belongs_to_their_family() {
    var sets =
        LiveSets.of(
            Policies.worker(),
            Map.of("cluster-nodes", List.of(Cidr.parse("10.99.0.12/32"), Cidr.parse("0.0.0.0/0"))),
            Family.IPV4);
    assertThat(sets)
        .extracting(IpSet::entries)
        .containsExactly(
            List.of("10.42.11.0/24", "10.99.0.11"),
            List.of("0.0.0.0/0,cni0"),
            List.of("10.42.12.0/24,eth0"),
            List.of("0.0.0.0/1", "128.0.0.0/1"));
  }

  @Test
  void an_address_set_is_one_set_beside_the_one_of_all_networks() {
    var policy =
        """
        nodeSelector: {}
        ingress:
        - name: office
          action: Accept
          from:
          - networks: [10.0.0.0/8]
          - addressSet: office
          - networks: [192.0.2.0/24]
        """;
    for (var family : Family.values()) {
      var office = "--match-set " + SetNames.addressSet(family, "office") + " src";
      var rules = chain(Policies.compile(family, Policies.worker(), policy), "RULES");

      assertThat(rules.stream().filter(rule -> rule.contains("web-server/office")))
          .hasSize(family == Family.IPV4 ? 2 : 1)
          .filteredOn(rule -> rule.contains(office))
          .singleElement()
          .asString()
          .endsWith("-j RETURN");
      assertThat(chain(Policies.compile(family, Policies.worker(), policy), "TRUSTED"))
          .anyMatch(rule -> rule.contains(office));
    }
  }

  @Test
  void whoever_stands_beside_everybody_needs_no_set() {
    var policy =
        "nodeSelector: {}\ningress: [{name: all, action: Accept, from: [{networks: [0.0.0.0/0]}, {addressSet: office}]}]";

    assertThat(chain(Policies.compile(Family.IPV4, NodeFacts.standAlone(), policy), "RULES"))
        .noneMatch(rule -> rule.contains("--match-set"));
    assertThat(chain(Policies.compile(Family.IPV6, NodeFacts.standAlone(), policy), "RULES"))
        .anyMatch(rule -> rule.contains("--match-set"));
  }

  @Test
  void chain_and_set_names_fit_into_the_kernel() {
    for (var family : Family.values()) {
      var rules =
          Policies.compile(
              family,
              Policies.controlPlane(),
              "enforcement: Audit\n"
                  + Policies.WEB_SERVER
                  + "egress: [{name: r, action: Deny}]\nforward: [{name: r, action: Deny}]\n");
      rules.tables().stream()
          .map(Generation::of)
          .flatMap(generation -> generation.table().chains().stream())
          .forEach(chain -> assertThat(chain.name()).hasSizeLessThanOrEqualTo(28));
      rules.sets().forEach(set -> assertThat(set.name()).hasSizeLessThanOrEqualTo(31));
    }
  }
}
