package io.hostfirewall.e2e.bench;

import io.hostfirewall.e2e.lab.Flow;
import io.hostfirewall.e2e.lab.Packet;
import io.hostfirewall.e2e.lab.Topology;
import io.hostfirewall.ruleset.compile.LiveSets;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.merge.PolicyMerge;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.IpSet;
import io.hostfirewall.ruleset.model.RuleSet;
import io.hostfirewall.ruleset.packet.Here;
import io.hostfirewall.ruleset.packet.PacketParser;
import io.hostfirewall.ruleset.render.SetText;
import io.hostfirewall.ruleset.trial.Steps;
import io.hostfirewall.ruleset.walk.Sets;
import io.hostfirewall.ruleset.walk.Walk;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * What the engine takes for a thousand rules, and what a packet takes that meets as many of the two
 * hundred rules of an example as a packet can.
 */
final class RulesBench {

  private static final int ROUNDS = 11;
  private static final int PACKETS = 20_000;

  /** So that nobody answers, and so that connections are tracked, with rules of ours or without. */
  private static final String NOBODY =
      """
      table inet nobody {
        chain input { type filter hook input priority 500; iifname eth0 ct state new drop; }
      }
      """;

  /** The rows of what JMH measures, by the benchmark's method. */
  private static final Map<String, String> ENGINE = new LinkedHashMap<>();

  static {
    ENGINE.put("compile", "compile 1,000 rules, one family (JMH)");
    ENGINE.put("render", "render 1,000 rules, one family (JMH)");
    ENGINE.put("walk", "walk of one packet through 1,000 rules (JMH)");
    ENGINE.put("explain", "explanation of one packet in 1,000 rules (JMH)");
  }

  void measure(Table table) {
    engine(table);
    for (var backend : List.of("nft", "legacy")) {
      path(table, backend);
    }
  }

  private static void engine(Table table) {
    var scores = scores();
    ENGINE.forEach((benchmark, row) -> table.note(row, scores.get(benchmark), "ms"));
    table.add("rules met on the way to a closed port, example of 200", longest(), "rules", 50);
  }

  private static Map<String, Double> scores() {
    var options = new OptionsBuilder().include(EngineBench.class.getName()).build();
    try {
      return new Runner(options)
          .run().stream()
              .collect(
                  Collectors.toMap(
                      run -> run.getPrimaryResult().getLabel(),
                      run -> run.getPrimaryResult().getScore()));
    } catch (RunnerException e) {
      throw new IllegalStateException(e);
    }
  }

  /** How many rules a packet meets, at most, on its way through the example. */
  private static int longest() {
    var rules = ManyRules.compile(PolicyMerge.merge(ManyRules.policies(1)));
    var question =
        PacketParser.parse("udp 203.0.113.7 > :" + ManyRules.CLOSED, Here.unseen("eth0"));
    return Walk.of(question.packet(), rules, Sets.withFreshSources(rules.sets())).looked();
  }

  private static void path(Table table, String backend) {
    var rules = ManyRules.compile(PolicyMerge.merge(ManyRules.policies(1)));
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
    var packet = Packet.udp(new Flow(source, 40_000, host, ManyRules.CLOSED), (byte) 1);
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
