package io.hostfirewall.ruleset.walk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hostfirewall.ruleset.Policies;
import io.hostfirewall.ruleset.compile.LiveSets;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.compile.Untracking;
import io.hostfirewall.ruleset.model.Chain;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.ConnState;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.IpSet;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.Origin;
import io.hostfirewall.ruleset.model.PortRange;
import io.hostfirewall.ruleset.model.Protocol;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.RuleSet;
import io.hostfirewall.ruleset.model.Table;
import io.hostfirewall.ruleset.model.TableName;
import io.hostfirewall.ruleset.model.TcpFlag;
import io.hostfirewall.ruleset.model.Verdict;
import io.hostfirewall.ruleset.model.Verdict.Answer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WalkTest {

  private static final Cidr STRANGER = Cidr.parse("203.0.113.7");
  private static final Cidr NODE = Cidr.parse("10.99.0.11");

  private static final Table EMPTY_FILTER =
      new Table(TableName.FILTER, List.of(new Chain("INPUT", List.of())));

  private static RuleSet webServer() {
    return Policies.compile(Family.IPV4, NodeFacts.standAlone(), Policies.WEB_SERVER);
  }

  private static Packet tcp(int port) {
    return Packet.opening("eth0", STRANGER, NODE, Transport.Tcp.syn(40000, port));
  }

  private static Walk walk(Packet packet, RuleSet rules) {
    return Walk.of(packet, rules, Sets.withFreshSources(rules.sets()));
  }

  @ParameterizedTest
  @CsvSource({"40230, web-server/ssh", "80, web-server/web", "443, web-server/web"})
  void a_port_that_a_policy_opens_is_open(int port, String origin) {
    var walk = walk(tcp(port), webServer());

    assertThat(walk.passes()).isTrue();
    assertThat(walk.origin().map(Origin::comment)).contains(origin);
  }

  @Test
  void what_no_rule_names_meets_the_default() {
    var walk = walk(tcp(22), webServer());

    assertThat(walk.outcome()).isEqualTo(new Outcome.Dropped());
    assertThat(walk.origin().map(Origin::comment)).contains("(default) defaultActions.ingress");
  }

  @Test
  void the_rules_on_the_way_are_told_in_order() {
    assertThat(walk(tcp(80), webServer()).steps())
        .extracting(step -> step.chain() + " " + step.rule().origin().comment())
        .containsExactly("INPUT (built-in) new connections", "RULES web-server/web");
  }

  @Test
  void a_source_over_its_limit_is_dropped_by_the_same_rule() {
    var rules = webServer();
    var walk = Walk.of(tcp(40230), rules, new Sets(rules.sets(), (limit, source) -> false));

    assertThat(walk.outcome()).isEqualTo(new Outcome.Dropped());
    assertThat(walk.origin().map(Origin::comment)).contains("web-server/ssh");
  }

  @Test
  void a_source_with_too_many_connections_is_dropped_by_the_same_rule() {
    var rules =
        Policies.compile(
            Family.IPV4,
            NodeFacts.standAlone(),
            "nodeSelector: {}\ningress: [{name: web, action: Accept, connectionLimit: {perSource: 3}}]\n");
    var crowded =
        new Surroundings() {
          @Override
          public boolean contains(String set, Cidr address) {
            return false;
          }

          @Override
          public boolean contains(String set, Cidr address, String in) {
            return false;
          }

          @Override
          public boolean isWithin(Match.HashLimit limit, Cidr source) {
            return true;
          }

          @Override
          public boolean isAbove(Match.ConnectionsAbove limit, Cidr source) {
            return limit.count() == 3 && source.equals(STRANGER);
          }
        };

    assertThat(walk(tcp(80), rules).passes()).isTrue();
    assertThat(Walk.of(tcp(80), rules, crowded).outcome()).isEqualTo(new Outcome.Dropped());
    assertThat(Walk.of(tcp(80), rules, crowded).origin().map(Origin::comment))
        .contains("web-server/web");
  }

  @Test
  void replies_pass_and_what_belongs_to_nothing_does_not() {
    assertThat(walk(tcp(22).in(ConnState.ESTABLISHED), webServer()).passes()).isTrue();
    assertThat(walk(tcp(80).in(ConnState.INVALID), webServer()).passes()).isFalse();
  }

  @Test
  void a_set_of_many_networks_is_looked_into_as_one_of_few() {
    var rules =
        Policies.compile(
            Family.IPV4,
            NodeFacts.standAlone(),
            "nodeSelector: {}\ningress: [{name: r, action: Accept, from: [{addressSet: many}]}]\n");
    var others = IntStream.range(0, 200).mapToObj(i -> Cidr.parse("10.0.%d.0/25".formatted(i)));
    var many = Stream.concat(others, Stream.of(STRANGER)).toList();
    var with = LiveSets.of(NodeFacts.standAlone(), Map.of("many", many), Family.IPV4);
    var without =
        LiveSets.of(NodeFacts.standAlone(), Map.of("many", many.subList(0, 200)), Family.IPV4);

    assertThat(Walk.of(tcp(80), rules, Sets.withFreshSources(with)).passes()).isTrue();
    assertThat(Walk.of(tcp(80), rules, Sets.withFreshSources(without)).passes()).isFalse();
  }

  @Test
  void bogus_flags_are_dropped_in_raw() {
    var packet =
        Packet.opening("eth0", STRANGER, NODE, new Transport.Tcp(40000, 80, Set.of(TcpFlag.FIN)));

    assertThat(walk(packet, webServer()).decision().orElseThrow().table()).isEqualTo(TableName.RAW);
    assertThat(walk(packet, webServer()).passes()).isFalse();
  }

  @Test
  void translated_connections_are_judged_by_the_port_that_was_spoken_to() {
    var nodePort =
        new Packet(
            Packet.Way.FORWARD,
            "eth0",
            "",
            STRANGER,
            Cidr.parse("10.42.11.2"),
            Match.AddressType.UNICAST,
            Transport.Tcp.syn(40000, 8080),
            63,
            Set.of(ConnState.NEW, ConnState.DNAT),
            NODE,
            30080,
            false);
    var closed = webServer();
    var open =
        Policies.compile(
            Family.IPV4,
            NodeFacts.standAlone(),
            "nodeSelector: {}\ningress:\n- {name: np, action: Accept, ports: [{protocol: TCP, port: 30080}]}\n");

    assertThat(walk(nodePort, closed).passes()).isFalse();
    assertThat(walk(nodePort, open).passes()).isTrue();
  }

  @Test
  void raw_sees_the_port_that_was_spoken_to() {
    var api = new Chain("RAW", List.of(dropTcpTo(6443)));
    var rules =
        new RuleSet(
            Family.IPV4, List.of(new Table(TableName.RAW, List.of(api)), EMPTY_FILTER), List.of());
    var translated =
        new Packet(
            Packet.Way.INPUT,
            "eth0",
            "",
            STRANGER,
            NODE,
            Match.AddressType.LOCAL,
            Transport.Tcp.syn(40000, 6443),
            64,
            Set.of(ConnState.NEW, ConnState.DNAT),
            NODE,
            30080,
            false);

    assertThat(walk(tcp(6443), rules).passes()).isFalse();
    assertThat(walk(translated, rules).passes()).isTrue();
  }

  private static Rule dropTcpTo(int port) {
    return rule(
        new Verdict.Drop(),
        new Match.IsProtocol(Protocol.TCP, false),
        new Match.Ports(Protocol.TCP, null, PortRange.of(port)));
  }

  @ParameterizedTest
  @CsvSource({
    "198.51.100.7, 443, eth0, true",
    "198.51.100.7, 80, eth0, false",
    "198.51.100.8, 443, eth0, false",
    "198.51.100.8, 80, lo, true",
    "10.42.11.7, 80, cni0, true",
    "10.42.12.7, 80, eth0, true",
    "10.99.0.12, 80, eth0, true",
    "192.0.2.53, 53, eth0, true",
    "192.0.2.53, 80, eth0, false"
  })
  void what_the_node_sends_is_judged_where_it_leaves(
      String destination, int port, String out, boolean passes) {
    var facts = Policies.worker();
    var rules =
        Policies.compile(
            Family.IPV4,
            facts,
            """
            nodeSelector: {}
            defaultActions: {egress: Deny}
            egress:
            - {name: https, action: Accept, to: [{networks: [198.51.100.7/32]}], ports: [{protocol: TCP, port: 443}]}
            """);
    var cluster =
        Map.of(
            "cluster-nodes", List.of(Cidr.parse("10.99.0.0/24")),
            "cluster-pods", List.of(Cidr.parse("10.42.0.0/16")));
    var sets = new ArrayList<IpSet>(rules.sets());
    sets.addAll(LiveSets.of(facts, cluster, Family.IPV4));
    var packet = Packet.leaving(out, NODE, Cidr.parse(destination), Transport.Tcp.syn(40000, port));

    assertThat(Walk.of(packet, rules, Sets.withFreshSources(sets)).passes()).isEqualTo(passes);
    assertThat(Walk.of(packet, webServer(), Sets.withFreshSources(sets)).passes()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "203.0.113.7, 22, true, true",
    "203.0.113.7, 22, false, false",
    "203.0.113.7, 80, true, false",
    "198.51.100.7, 22, true, false"
  })
  void only_ssh_of_administrators_goes_untracked_and_only_beside_a_full_table(
      String peer, int port, boolean exhausted, boolean untracked) {
    var facts = Policies.administered(exhausted ? Untracking.NEEDED : Untracking.READY);
    var closed = "nodeSelector: {}\ndefaultActions: {egress: Deny}\n";
    var rules = Policies.compile(Family.IPV4, facts, closed);
    var sets = new ArrayList<IpSet>(rules.sets());
    sets.addAll(LiveSets.of(facts, Map.of(), Family.IPV4));
    var surroundings = Sets.withFreshSources(sets);
    var other = Cidr.parse(peer);
    var question = Packet.opening("eth0", other, NODE, Transport.Tcp.syn(40000, port));
    var answer =
        Packet.leaving(
            "eth0", NODE, other, new Transport.Tcp(port, 40000, Set.of(TcpFlag.SYN, TcpFlag.ACK)));

    assertThat(untracks(Walk.of(question, rules, surroundings))).isEqualTo(untracked);
    assertThat(untracks(Walk.of(answer, rules, surroundings))).isEqualTo(untracked);
    var beginning = Packet.leaving("eth0", NODE, other, Transport.Tcp.syn(port, 40000));
    assertThat(untracks(Walk.of(beginning, rules, surroundings))).isFalse();
    assertThat(Walk.of(beginning, rules, surroundings).passes()).isFalse();
    // Whatever the kernel knows of the connection.
    var administers = other.equals(STRANGER) && port == 22;
    for (var state : List.of(ConnState.NEW, ConnState.INVALID)) {
      assertThat(Walk.of(question.in(state), rules, surroundings).passes()).isEqualTo(administers);
      assertThat(Walk.of(answer.in(state), rules, surroundings).passes()).isEqualTo(administers);
    }
  }

  private static boolean untracks(Walk walk) {
    return walk.steps().stream().anyMatch(step -> step.rule().verdict() instanceof Verdict.Untrack);
  }

  @Test
  void a_packet_that_is_not_tracked_is_in_no_other_state() {
    var rules =
        filter(
            new Chain(
                "INPUT",
                List.of(
                    rule(new Verdict.Untrack()),
                    rule(new Verdict.Drop(), new Match.InState(Set.of(ConnState.NEW), false)),
                    rule(
                        new Verdict.Accept(),
                        new Match.InState(Set.of(ConnState.UNTRACKED), false)),
                    rule(new Verdict.Drop()))));

    assertThat(walk(tcp(1), rules).passes()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.99.0.12", "203.0.113.7"})
  void the_cluster_passes_where_strangers_do_not(String source) {
    var facts = Policies.worker();
    var rules = Policies.compile(Family.IPV4, facts, Policies.WEB_SERVER);
    var nodes = Map.of("cluster-nodes", List.of(Cidr.parse("10.99.0.0/24")));
    var sets = new ArrayList<IpSet>(rules.sets());
    sets.addAll(LiveSets.of(facts, nodes, Family.IPV4));
    var packet = Packet.opening("eth0", Cidr.parse(source), NODE, Transport.Tcp.syn(40000, 10250));

    assertThat(Walk.of(packet, rules, Sets.withFreshSources(sets)).passes())
        .isEqualTo(source.startsWith("10."));
  }

  @Test
  void a_pod_is_known_by_its_address_and_its_interface() {
    var facts = Policies.worker();
    var sets = Sets.withFreshSources(LiveSets.of(facts, Map.of(), Family.IPV4));

    assertThat(sets.contains("hfw4-l-podnet", Cidr.parse("10.42.12.9"), "eth0")).isTrue();
    assertThat(sets.contains("hfw4-l-podnet", Cidr.parse("10.42.12.9"), "eth1")).isFalse();
    assertThat(sets.contains("hfw4-l-podnet", Cidr.parse("10.42.13.9"), "eth0")).isFalse();
  }

  @Test
  void a_return_from_a_jump_comes_back_and_from_a_goto_does_not() {
    var drop = rule(new Verdict.Drop());
    var returns = new Chain("SUB", List.of(rule(new Verdict.Return())));

    assertThat(
            walk(
                    tcp(1),
                    filter(
                        new Chain("INPUT", List.of(rule(new Verdict.Jump("SUB")), drop)), returns))
                .passes())
        .isFalse();
    assertThat(
            walk(
                    tcp(1),
                    filter(
                        new Chain("INPUT", List.of(rule(new Verdict.Goto("SUB")), drop)), returns))
                .passes())
        .isTrue();
  }

  @Test
  void a_match_of_others_leaves_the_verdict_open_unless_another_one_fails() {
    var foreign = new Match.Verbatim("-m owner --uid-owner 0");
    var fails = new Match.InInterface("eth9", false);

    assertThat(walk(tcp(1), filter(input(rule(new Verdict.Drop(), foreign)))).outcome())
        .isInstanceOf(Outcome.Unknown.class);
    assertThat(walk(tcp(1), filter(input(rule(new Verdict.Drop(), foreign, fails)))).passes())
        .isTrue();
  }

  @Test
  void a_rejection_says_what_the_client_is_told() {
    var reject = rule(new Verdict.Reject(Answer.TCP_RESET));

    assertThat(walk(tcp(1), filter(input(reject))).outcome())
        .isEqualTo(new Outcome.Rejected(Answer.TCP_RESET));
  }

  @Test
  void circles_are_refused() {
    var circle = filter(input(rule(new Verdict.Jump("INPUT"))));

    assertThatThrownBy(() -> walk(tcp(1), circle))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("circles");
  }

  private static Chain input(Rule... rules) {
    return new Chain("INPUT", List.of(rules));
  }

  private static RuleSet filter(Chain... chains) {
    return new RuleSet(
        Family.IPV4, List.of(new Table(TableName.FILTER, Arrays.asList(chains))), List.of());
  }

  private static Rule rule(Verdict verdict, Match... matches) {
    return new Rule(List.of(matches), verdict, new Origin.None());
  }
}
