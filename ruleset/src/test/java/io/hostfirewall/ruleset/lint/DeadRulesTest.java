package io.hostfirewall.ruleset.lint;

import static org.assertj.core.api.Assertions.assertThat;

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

/** What is called dead is: no packet finds it, on a host and in a cluster. */
class DeadRulesTest {

  private static final Set<Kind> PARTS = Set.of(Kind.PARTLY_SHADOWED, Kind.PART_ABOUT_NOBODY);
  private static final Set<Kind> WHOLE = Set.of(Kind.SHADOWED, Kind.ABOUT_NOBODY);

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
    var dead = findings.stream().map(DeadRulesTest::origin).toList();
    var deadInClusters =
        findings.stream()
            .filter(finding -> !finding.sentence().contains("but for a cluster's"))
            .map(DeadRulesTest::origin)
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
        Policies.policy(
            "p",
            IntStream.range(0, rules.size())
                .mapToObj(i -> "{name: r%d, %s}".formatted(i, rules.get(i)))
                .collect(Collectors.joining("\n- ", "nodeSelector: {}\ningress:\n- ", "\n")));
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
