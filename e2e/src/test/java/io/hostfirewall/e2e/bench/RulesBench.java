package io.hostfirewall.e2e.bench;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicy;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.e2e.cluster.ControlPlane;
import io.hostfirewall.e2e.lab.Flow;
import io.hostfirewall.e2e.lab.Packet;
import io.hostfirewall.e2e.lab.Topology;
import io.hostfirewall.ruleset.compile.Compiler;
import io.hostfirewall.ruleset.compile.LiveSets;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.merge.EffectivePolicy;
import io.hostfirewall.ruleset.merge.PolicyMerge;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.IpSet;
import io.hostfirewall.ruleset.model.RuleSet;
import io.hostfirewall.ruleset.render.SetText;
import io.hostfirewall.ruleset.trial.Steps;
import io.hostfirewall.ruleset.walk.Sets;
import io.hostfirewall.ruleset.walk.Transport;
import io.hostfirewall.ruleset.walk.Walk;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the engine takes for a thousand rules, and what a packet takes that meets as many of the two
 * hundred rules of an example as a packet can.
 */
final class RulesBench {

  private static final int COPIES = 5;
  private static final int WARM_UP = 50;
  private static final int RUNS = 50;
  private static final int ROUNDS = 11;
  private static final int PACKETS = 20_000;

  /** The last port of the example: on its way to it a packet meets all there is to meet. */
  private static final int CLOSED = 20_999;

  /** So that nobody answers, and so that connections are tracked, with rules of ours or without. */
  private static final String NOBODY =
      """
      table inet nobody {
        chain input { type filter hook input priority 500; iifname eth0 ct state new drop; }
      }
      """;

  /** Many times the example: each copy in policies of its own. */
  private static EffectivePolicy example(int copies) throws IOException {
    var file = ControlPlane.PROJECT.resolve("examples/many-rules.yaml");
    var policies = new ArrayList<RevisionPolicy>();
    for (var document : Files.readString(file).split("\n---\n", -1)) {
      var policy = Serialization.unmarshal(document, HostFirewallPolicy.class);
      for (var copy = 0; copy < copies; copy++) {
        var name = policy.getMetadata().getName() + "-" + copy;
        policies.add(new RevisionPolicy(name, "uid", 1L, policy.getSpec()));
      }
    }
    return PolicyMerge.merge(policies);
  }

  private static RuleSet compile(EffectivePolicy policy) {
    return Compiler.compile(policy, NodeFacts.standAlone(), Family.IPV4);
  }

  void measure(Table table) throws IOException {
    engine(table);
    for (var backend : List.of("nft", "legacy")) {
      path(table, backend);
    }
  }

  private static void engine(Table table) throws IOException {
    var policy = example(COPIES);
    var rules = compile(policy);
    var sets = Sets.withFreshSources(rules.sets());
    var packet =
        io.hostfirewall.ruleset.walk.Packet.opening(
            "eth0",
            Cidr.parse("203.0.113.7"),
            Cidr.parse("192.0.2.1"),
            new Transport.Udp(40000, CLOSED));
    table.note(
        "compile and render 1,000 rules, one family, median",
        median(() -> Steps.fresh(Family.IPV4, compile(policy), "hfr-0123456789ab").length()),
        "ms");
    table.note(
        "walk of one packet through 1,000 rules, median",
        median(() -> Walk.of(packet, rules, sets).looked()),
        "ms");
    var longest = Walk.of(packet, compile(example(1)), sets).looked();
    table.add("rules met on the way to a closed port, example of 200", longest, "rules", 50);
  }

  /** Something that is done for its result. */
  private interface Work {
    int run();
  }

  private static double median(Work work) {
    var samples = new Samples();
    for (var run = 0; run < WARM_UP + RUNS; run++) {
      var start = System.nanoTime();
      if (work.run() == 0) {
        throw new IllegalStateException("nothing was done");
      }
      if (run >= WARM_UP) {
        samples.addNanos(System.nanoTime() - start);
      }
    }
    return samples.median();
  }

  private static void path(Table table, String backend) throws IOException {
    var rules = compile(example(1));
    var loaded = Steps.fresh(Family.IPV4, rules, "hfr-0123456789ab");
    var empty = new Samples();
    var full = new Samples();
    try (var topology = new Topology()) {
      topology.host().run(List.of("nft", "-f", "-"), NOBODY);
      topology.host().run(List.of("ipset", "restore"), sets(rules));
      for (var round = 0; round < ROUNDS; round++) {
        load(topology, backend, "*raw\nCOMMIT\n*filter\nCOMMIT\n");
        empty.addNanos(flood(topology));
        load(topology, backend, loaded);
        full.addNanos(flood(topology));
      }
    }
    var nanos = 1e6 / PACKETS;
    table.note("a dropped datagram, empty table (" + backend + ")", empty.median() * nanos, "ns");
    table.note("  behind the example of 200 rules", full.median() * nanos, "ns");
    table.note("  times as long", full.median() / empty.median(), "x");
  }

  private static void load(Topology topology, String backend, String text) {
    topology.host().run(List.of("iptables-" + backend + "-restore"), text);
  }

  private static String sets(RuleSet rules) {
    return Stream.concat(
            rules.sets().stream(),
            LiveSets.of(NodeFacts.standAlone(), Map.of(), Family.IPV4).stream())
        .map((IpSet set) -> SetText.create(set))
        .collect(Collectors.joining());
  }

  /** Nanoseconds until the last of all packets is judged. */
  private static long flood(Topology topology) {
    var source = InetAddress.ofLiteral("203.0.113.7");
    var host = InetAddress.ofLiteral("192.0.2.1");
    var packet = Packet.udp(new Flow(source, 40_000, host, CLOSED), (byte) 1);
    return topology
        .outside()
        .call(
            () -> {
              var wire = topology.wire();
              wire.answers();
              var start = System.nanoTime();
              for (var i = 0; i < PACKETS; i++) {
                wire.send(packet);
              }
              wire.answers();
              return System.nanoTime() - start;
            });
  }
}
