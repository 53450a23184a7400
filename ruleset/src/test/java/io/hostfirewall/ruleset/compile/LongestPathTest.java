package io.hostfirewall.ruleset.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicy;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.Policies;
import io.hostfirewall.ruleset.merge.EffectivePolicy;
import io.hostfirewall.ruleset.merge.PolicyMerge;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.ConnState;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match.AddressType;
import io.hostfirewall.ruleset.model.RuleSet;
import io.hostfirewall.ruleset.walk.Packet;
import io.hostfirewall.ruleset.walk.Packet.Way;
import io.hostfirewall.ruleset.walk.Sets;
import io.hostfirewall.ruleset.walk.Transport;
import io.hostfirewall.ruleset.walk.Walk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Of an example of two hundred rules no packet meets more than fifty. */
class LongestPathTest {

  private static final Path EXAMPLE = Path.of("../examples/many-rules.yaml");
  private static final int BUDGET = 50;

  private static EffectivePolicy example() throws IOException {
    var policies = new ArrayList<RevisionPolicy>();
    for (var document : Files.readString(EXAMPLE).split("\n---\n", -1)) {
      var policy = Serialization.unmarshal(document, HostFirewallPolicy.class);
      policies.add(new RevisionPolicy(policy.getMetadata().getName(), "uid", 1L, policy.getSpec()));
    }
    return PolicyMerge.merge(policies);
  }

  @ParameterizedTest
  @EnumSource
  void on_a_host_alone(Family family) throws IOException {
    holds(NodeFacts.standAlone(), family);
  }

  @ParameterizedTest
  @EnumSource
  void on_a_node_of_a_cluster(Family family) throws IOException {
    holds(Policies.worker(), family);
  }

  private static void holds(NodeFacts facts, Family family) throws IOException {
    var policy = example();
    assertThat(policy.ingress()).hasSize(200);
    var rules = Compiler.compile(policy, facts, family);
    var sets = Sets.withFreshSources(rules.sets());
    var longest =
        packets(policy, family)
            .map(packet -> Walk.of(packet, rules, sets))
            .max(Comparator.comparingInt(Walk::looked))
            .orElseThrow();
    assertThat(longest.looked()).isLessThanOrEqualTo(BUDGET);
    assertThat(count(rules)).isGreaterThan(200);
  }

  private static long count(RuleSet rules) {
    return rules.tables().stream()
        .flatMap(table -> table.chains().stream())
        .mapToLong(chain -> chain.rules().size())
        .sum();
  }

  /** New packets of every kind: rules are the same from one port that they name to the next. */
  private static Stream<Packet> packets(EffectivePolicy policy, Family family) {
    var ports = new TreeSet<Integer>(List.of(1, 65_535));
    for (var rule : policy.ingress()) {
      for (var port : rule.rule().ports()) {
        ports.add(port.port());
        ports.add((port.endPort() == null ? port.port() : port.endPort()) + 1);
      }
    }
    var contents = new ArrayList<Transport>();
    for (var port : ports) {
      contents.add(Transport.Tcp.syn(40000, port));
      contents.add(new Transport.Udp(40000, port));
      contents.add(new Transport.Sctp(40000, port));
    }
    for (var type = 0; type < 256; type++) {
      contents.add(new Transport.Icmp(family, type, 0));
    }
    contents.add(new Transport.Other(50));
    return contents.stream()
        .flatMap(content -> sources(family).flatMap(source -> ways(source, content)));
  }

  /** Strangers to all rules meet the most of them; friends of some meet their limits. */
  private static Stream<Cidr> sources(Family family) {
    return (family == Family.IPV4
            ? Stream.of("192.0.2.77", "10.9.0.1", "10.19.0.1")
            : Stream.of("2001:db8::77", "fd00:9::1", "fd00:19::1"))
        .map(Cidr::parse);
  }

  private static Stream<Packet> ways(Cidr source, Transport content) {
    var destination = Cidr.parse(source.family() == Family.IPV4 ? "192.0.2.1" : "2001:db8::1");
    var port = content.ports().map(Transport.PortPair::destination).orElse(null);
    return Stream.of(
        packet(Way.INPUT, source, destination, content, Set.of(ConnState.NEW), port),
        packet(
            Way.INPUT, source, destination, content, Set.of(ConnState.NEW, ConnState.DNAT), port),
        packet(
            Way.FORWARD, source, destination, content, Set.of(ConnState.NEW, ConnState.DNAT), port),
        packet(Way.FORWARD, source, destination, content, Set.of(ConnState.NEW), port));
  }

  private static Packet packet(
      Way way,
      Cidr source,
      Cidr destination,
      Transport content,
      Set<ConnState> states,
      Integer originalPort) {
    return new Packet(
        way,
        "eth0",
        "",
        source,
        destination,
        AddressType.LOCAL,
        content,
        64,
        states,
        destination,
        originalPort,
        false);
  }
}
