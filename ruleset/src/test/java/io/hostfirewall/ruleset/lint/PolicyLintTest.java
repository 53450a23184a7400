package io.hostfirewall.ruleset.lint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.Policies;
import io.hostfirewall.ruleset.compile.Compiler;
import io.hostfirewall.ruleset.compile.LiveSets;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.lint.Finding.Kind;
import io.hostfirewall.ruleset.merge.PolicyMerge;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.IpSet;
import io.hostfirewall.ruleset.model.Match.HashLimit;
import io.hostfirewall.ruleset.model.Origin;
import io.hostfirewall.ruleset.packet.Here;
import io.hostfirewall.ruleset.packet.PacketParser;
import io.hostfirewall.ruleset.walk.Packet;
import io.hostfirewall.ruleset.walk.Sets;
import io.hostfirewall.ruleset.walk.Walk;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyLintTest {

  private static final Set<Kind> PARTS = Set.of(Kind.PARTLY_SHADOWED, Kind.PART_ABOUT_NOBODY);
  private static final Set<Kind> WHOLE = Set.of(Kind.SHADOWED, Kind.ABOUT_NOBODY);

  private static RevisionPolicy policy(String name, int priority, String... rules) {
    return Policies.policy(
        name,
        "nodeSelector: {}\npriority: %d\ningress:\n- %s\n"
            .formatted(priority, String.join("\n- ", rules)));
  }

  private static List<Finding> findings(String... rules) {
    return PolicyLint.findings(List.of(policy("p", 500, rules)));
  }

  @Test
  void a_rule_behind_one_that_covers_it_decides_nothing() {
    assertThat(
            findings(
                "{name: web, action: Accept, ports: [{protocol: TCP, port: 80, endPort: 90}]}",
                "{name: admin, action: Deny, ports: [{protocol: TCP, port: 85}]}"))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.kind()).isEqualTo(Kind.SHADOWED);
              assertThat(finding.field()).isEqualTo("spec.ingress[1]");
              assertThat(finding.sentence())
                  .startsWith("decides nothing: p/web comes first and decides all of its packets.");
            });
  }

  @Test
  void several_rules_together_may_cover_one() {
    assertThat(
            findings(
                "{name: low, action: Accept, from: [{networks: [10.0.0.0/9]}]}",
                "{name: high, action: Accept, from: [{networks: [10.128.0.0/9]}]}",
                "{name: v6, action: Accept, from: [{networks: ['fd00::/8']}]}",
                "{name: all, action: Deny, from: [{networks: [10.0.0.0/8, 'fd00::/8']}]}"))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.rule()).isEqualTo("all");
              assertThat(finding.sentence()).contains("p/low, p/high, p/v6 come first");
            });
  }

  @Test
  void an_accept_may_be_eaten_by_a_denial_of_lower_priority() {
    assertThat(
            PolicyLint.findings(
                List.of(
                    policy(
                        "web",
                        500,
                        "{name: web, action: Accept, ports: [{protocol: TCP, port: 80}]}"),
                    policy(
                        "strict",
                        100,
                        "{name: none, action: Deny, from: [{networks: [0.0.0.0/0, '::/0']}]}"))))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.policy()).isEqualTo("web");
              assertThat(finding.sentence()).contains("strict/none comes first");
            });
  }

  @Test
  void a_limit_decides_all_of_its_packets_too() {
    assertThat(
            findings(
                "{name: a, action: Accept, ports: [{protocol: TCP, port: 22}],"
                    + " rateLimit: {limit: 1, unit: Minute, burst: 1}}",
                "{name: b, action: Accept, ports: [{protocol: TCP, port: 22}]}"))
        .extracting(Finding::rule)
        .containsExactly("b");
  }

  @Test
  void sources_of_the_cluster_pass_rules_that_name_none() {
    assertThat(
            findings(
                "{name: ssh, action: Accept, ports: [{protocol: TCP, port: 22}]}",
                "{name: guests, action: Deny, from: [{networks: [10.0.0.0/8]}],"
                    + " ports: [{protocol: TCP, port: 22}]}"))
        .extracting(Finding::sentence)
        .singleElement()
        .asString()
        .startsWith("decides nothing but for a cluster's own nodes and pods: p/ssh comes first");
  }

  @Test
  void a_rule_may_be_about_no_packet() {
    assertThat(
            findings(
                "{name: a, action: Accept, from: [{networks: [10.0.0.0/8], except: [10.0.0.0/8]}]}",
                "{name: b, action: Accept, from: [{networks: [10.0.0.0/8]}],"
                    + " icmp: [{type: '128', family: IPv6}]}"))
        .extracting(Finding::kind)
        .containsExactly(Kind.ABOUT_NOBODY, Kind.ABOUT_NOBODY);
  }

  @Test
  void a_limit_of_answers_counts_nothing() {
    var limit = "rateLimit: {limit: 1, unit: Second, burst: 5}";
    assertThat(
            findings(
                "{name: errors, action: Accept, icmp: [{type: TimeExceeded}], " + limit + "}",
                "{name: ping, action: Accept, icmp: [{type: EchoRequest}], " + limit + "}",
                "{name: ra, action: Accept, icmp: [{type: RouterAdvertisement}], " + limit + "}"))
        .extracting(Finding::field)
        .containsExactly("spec.ingress[0].rateLimit");
  }

  @Test
  void what_is_only_audited_is_looked_at_as_if_it_were_enforced() {
    var audited =
        Policies.policy(
            "audited",
            """
            nodeSelector: {}
            priority: 400
            enforcement: Audit
            ingress:
            - {name: none, action: Deny}
            - {name: late, action: Accept}
            """);
    var enforced = policy("web", 500, "{name: web, action: Accept}");

    assertThat(PolicyLint.findings(List.of(audited, enforced)))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.rule()).isEqualTo("late");
              assertThat(finding.sentence()).contains("audited/none comes first");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{name: b, action: Deny, ports: [{protocol: TCP, port: 79, endPort: 80}]}",
        "{name: b, action: Deny, ports: [{protocol: UDP, port: 80}]}",
        "{name: b, action: Deny}",
        "{name: b, action: Deny, icmp: [{type: EchoRequest}]}"
      })
  void what_has_one_packet_of_its_own_is_not_complained_about(String rule) {
    assertThat(findings("{name: a, action: Accept, ports: [{protocol: TCP, port: 80}]}", rule))
        .isEmpty();
  }

  @Test
  void only_those_are_named_who_decide_its_packets() {
    assertThat(
            findings(
                "{name: web, action: Accept, ports: [{protocol: TCP, port: 80}]}",
                "{name: ssh, action: Accept, ports: [{protocol: TCP, port: 22}]}",
                "{name: again, action: Deny, ports: [{protocol: TCP, port: 22}]}"))
        .extracting(Finding::sentence)
        .singleElement()
        .asString()
        .startsWith("decides nothing: p/ssh comes first and decides all of its packets.");
  }

  @Test
  void a_part_of_a_rule_may_be_dead() {
    assertThat(
            findings(
                "{name: web, action: Accept, ports: [{protocol: TCP, port: 80, endPort: 90}]}",
                "{name: guests, action: Deny, from: [{networks: [10.1.0.0/16, 'fd00:1::/32']}]}",
                "{name: more, action: Accept,"
                    + " from: [{networks: [10.1.2.0/24, 192.0.2.0/24]}, {networks: ['fd00::/8']}],"
                    + " ports: [{protocol: TCP, port: 79}, {protocol: TCP, port: 85},"
                    + " {protocol: UDP, port: 85}]}"))
        .extracting(Finding::kind, Finding::field, Finding::sentence)
        .containsExactly(
            tuple(
                Kind.PARTLY_SHADOWED,
                "spec.ingress[2].from[0].networks[0]",
                "decides nothing of 10.1.2.0/24: p/web, p/guests come first and decide all of its"
                    + " packets. Put it before them, or leave that out."),
            tuple(
                Kind.PARTLY_SHADOWED,
                "spec.ingress[2].ports[1]",
                "decides nothing of tcp/85 but for a cluster's own nodes and pods: p/web comes"
                    + " first and decides all of its packets. Put it before them, or leave that"
                    + " out."));
  }

  @Test
  void parts_of_what_is_routed_sent_and_audited_are_looked_at_too() {
    var policy =
        Policies.policy(
            "p",
            """
            nodeSelector: {}
            enforcement: Audit
            forward:
            - {name: a, action: Deny, interfaces: [eth0]}
            - {name: b, action: Deny, interfaces: [eth1, eth0]}
            egress:
            - {name: c, action: Deny, protocols: [47]}
            - {name: d, action: Reject, protocols: [50, 47]}
            - {name: e, action: Deny, to: [{networks: [10.0.0.0/8]}], icmp: [{type: EchoRequest}]}
            - {name: f, action: Deny, to: [{networks: [10.9.0.0/16]}],
               icmp: [{type: Redirect}, {type: '8', family: IPv4}, {type: '128', family: IPv6}]}
            """);

    assertThat(PolicyLint.findings(List.of(policy)))
        .extracting(Finding::kind, Finding::field)
        .containsExactly(
            tuple(Kind.PARTLY_SHADOWED, "spec.forward[1].interfaces[1]"),
            tuple(Kind.PARTLY_SHADOWED, "spec.egress[1].protocols[1]"),
            tuple(Kind.PARTLY_SHADOWED, "spec.egress[3].icmp[1]"),
            tuple(Kind.PART_ABOUT_NOBODY, "spec.egress[3].icmp[2]"));
  }

  @Property(tries = 150)
  void what_is_called_dead_decides_no_packet(
      @ForAll("rules") List<String> rules,
      @ForAll("packets") List<String> packets,
      @ForAll boolean kept) {
    var named =
        IntStream.range(0, rules.size())
            .mapToObj(i -> "{name: r%d, %s}".formatted(i, rules.get(i)))
            .toArray(String[]::new);
    var routed =
        IntStream.range(0, rules.size())
            .mapToObj(i -> "{name: f%d, %s}".formatted(i, rules.get(rules.size() - 1 - i)))
            .collect(Collectors.joining("\n- ", "forward:\n- ", "\n"));
    var policies =
        List.of(
            Policies.policy(
                "p",
                "nodeSelector: {}\ningress:\n- %s\n%s"
                    .formatted(String.join("\n- ", named), routed)));
    var findings =
        PolicyLint.findings(policies).stream()
            .filter(finding -> WHOLE.contains(finding.kind()))
            .toList();
    var dead = findings.stream().map(PolicyLintTest::origin).toList();
    var deadInClusters =
        findings.stream()
            .filter(finding -> !finding.sentence().contains("but for a cluster's"))
            .map(PolicyLintTest::origin)
            .toList();
    BiPredicate<HashLimit, Cidr> limits = (limit, source) -> kept;
    for (var family : Family.values()) {
      var onHost = walker(policies, NodeFacts.standAlone(), family, limits);
      var inCluster = walker(policies, NodeFacts.ofSomeCluster(), family, limits);
      for (var text : packets) {
        var packet = PacketParser.parse(text, Here.unseen("eth0")).packet();
        if (packet.family() == family) {
          assertThat(onHost.apply(packet)).as(text).isNotIn(dead);
          assertThat(inCluster.apply(packet)).as(text).isNotIn(deadInClusters);
        }
      }
    }
    Statistics.label("dead rules").collect(Math.min(dead.size(), 3));
  }

  @Property(tries = 150)
  void what_is_called_a_dead_part_can_be_left_out(
      @ForAll("rules") List<String> rules,
      @ForAll("packets") List<String> packets,
      @ForAll boolean kept) {
    var policy =
        policy(
            "p",
            500,
            IntStream.range(0, rules.size())
                .mapToObj(i -> "{name: r%d, %s}".formatted(i, rules.get(i)))
                .toArray(String[]::new));
    var dead =
        PolicyLint.findings(List.of(policy)).stream()
            .filter(finding -> PARTS.contains(finding.kind()))
            .toList();
    for (var part : dead) {
      assertThat(deciders(without(policy, part), packets, kept))
          .as(part.sentence())
          .isEqualTo(deciders(policy, packets, kept));
    }
    Statistics.label("dead parts").collect(Math.min(dead.size(), 3));
  }

  private static List<Origin> deciders(RevisionPolicy policy, List<String> packets, boolean kept) {
    var deciders = new ArrayList<Origin>();
    for (var family : Family.values()) {
      var onHost = walker(List.of(policy), NodeFacts.standAlone(), family, (limit, source) -> kept);
      packets.stream()
          .map(text -> PacketParser.parse(text, Here.unseen("eth0")).packet())
          .filter(packet -> packet.family() == family)
          .forEach(packet -> deciders.add(onHost.apply(packet)));
    }
    return deciders;
  }

  private static RevisionPolicy without(RevisionPolicy policy, Finding part) {
    var json = new ObjectMapper();
    JsonNode spec = json.valueToTree(policy.spec());
    var place = part.field().substring("spec".length()).replaceAll("[.\\[]", "/").replace("]", "");
    var list = (ArrayNode) spec.at(place.substring(0, place.lastIndexOf('/')));
    list.remove(Integer.parseInt(place.substring(place.lastIndexOf('/') + 1)));
    return new RevisionPolicy(
        policy.name(),
        policy.uid(),
        policy.generation(),
        json.convertValue(spec, HostFirewallPolicySpec.class));
  }

  private static Origin origin(Finding finding) {
    return new Origin.PolicyRule("p", finding.rule());
  }

  /** Who decides a packet. In a cluster one of the sources is a node. */
  private static Function<Packet, Origin> walker(
      List<RevisionPolicy> policies,
      NodeFacts facts,
      Family family,
      BiPredicate<HashLimit, Cidr> limits) {
    var nodes = Map.of("cluster-nodes", List.of(Cidr.parse("10.1.1.1"), Cidr.parse("fd00::9")));
    var rules = Compiler.compile(PolicyMerge.merge(policies), facts, family);
    var sets = new ArrayList<IpSet>(rules.sets());
    if (facts.clustered()) {
      sets.addAll(LiveSets.of(facts, nodes, family));
    }
    var surroundings = new Sets(sets, limits);
    return packet -> Walk.of(packet, rules, surroundings).origin().orElse(new Origin.None());
  }

  @Provide
  Arbitrary<List<String>> rules() {
    var actions = Arbitraries.of("action: Accept", "action: Deny", "action: Reject");
    var limited = "action: Accept, rateLimit: {limit: 1, unit: Second, burst: 1}";
    var from =
        Arbitraries.of(
            "",
            ", from: [{networks: [10.0.0.0/8]}]",
            ", from: [{networks: [10.0.0.0/9, 'fd00::/9']}]",
            ", from: [{networks: [10.128.0.0/9, 'fd80::/9']}]",
            ", from: [{networks: [10.0.0.0/8], except: [10.0.0.0/9]}]",
            ", from: [{networks: [0.0.0.0/0]}]",
            ", from: [{networks: [0.0.0.0/0, '::/0']}]");
    var about =
        Arbitraries.of(
            "",
            ", ports: [{protocol: TCP, port: 1}]",
            ", ports: [{protocol: TCP, port: 2}, {protocol: UDP, port: 1}]",
            ", ports: [{protocol: TCP, port: 1}, {protocol: TCP, port: 2}, {protocol: TCP, port:"
                + " 9}]",
            ", ports: [{protocol: TCP, port: 1, endPort: 2}]",
            ", ports: [{protocol: UDP, port: 1, endPort: 65535}]",
            ", icmp: [{type: EchoRequest}]",
            ", icmp: [{type: '8', family: IPv4}, {type: '3', family: IPv4, code: 4}]",
            ", protocols: [47]",
            ", protocols: [6, 17]");
    return Combinators.combine(
            Arbitraries.frequencyOf(Tuple.of(4, actions), Tuple.of(1, Arbitraries.just(limited))),
            from,
            about)
        .as((action, source, what) -> action + source + what)
        .list()
        .ofMinSize(2)
        .ofMaxSize(7);
  }

  @Provide
  Arbitrary<List<String>> packets() {
    var what =
        Arbitraries.of(
            "tcp %s > :1",
            "tcp %s > :2",
            "tcp %s > :3",
            "udp %s > :1",
            "udp %s > :9",
            "icmp echo-request %s",
            "icmp 3/4 %s state new",
            "proto 47 %s",
            "udp %s > FAR:1 forward",
            "tcp %s > FAR:2 forward in eth1",
            "tcp %s > :1 dnat",
            "tcp %s > :9 dnat :1 local",
            "udp %s > :2 dnat");
    var source =
        Arbitraries.of("10.1.1.1", "10.200.1.1", "192.0.2.9", "2001:db8::9", "fd00::9", "fdff::9");
    return Combinators.combine(what, source)
        .as(
            (text, from) ->
                text.formatted(from)
                    .replace("FAR", from.indexOf(':') < 0 ? "10.9.9.9" : "[2001:db8:9::9]"))
        .list()
        .ofSize(60);
  }
}
