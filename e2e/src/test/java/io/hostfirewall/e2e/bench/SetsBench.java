package io.hostfirewall.e2e.bench;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.hostfirewall.agent.kernel.Backend;
import io.hostfirewall.agent.kernel.Commands;
import io.hostfirewall.agent.kernel.IpSetCommands;
import io.hostfirewall.agent.kernel.IpSets;
import io.hostfirewall.agent.kernel.Kernel;
import io.hostfirewall.agent.kernel.KernelException;
import io.hostfirewall.agent.kernel.XtablesCommands;
import io.hostfirewall.agent.transaction.Outcome;
import io.hostfirewall.agent.transaction.Proof;
import io.hostfirewall.agent.transaction.Transaction;
import io.hostfirewall.agent.transaction.Wanted;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.e2e.lab.NetNamespace;
import io.hostfirewall.e2e.lab.Topology;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.merge.PolicyMerge;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.PackedNetworks;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * An address set of a hundred thousand networks under rules that stay: filled by the agent's own
 * transaction, read back, beside {@code ipset restore} of the same entries; one network more; and
 * what a packet costs that is looked for among many and among few.
 */
final class SetsBench {

  private static final int RUNS = 7;
  private static final int MANY = 100_000;
  private static final int FEW = 10;
  private static final int PACKETS = 100_000;

  private final Samples bare = new Samples();
  private final Samples load = new Samples();
  private final Samples loadReadBack = new Samples();
  private final Samples inForce = new Samples();
  private final Samples readBack = new Samples();
  private final Samples amongFew = new Samples();
  private final Samples amongMany = new Samples();

  /** The sets of a namespace, and when they were last written for the first time. */
  private static final class Watched implements IpSets {
    private final IpSets real;
    private long written;

    private Watched(IpSets real) {
      this.real = real;
    }

    @Override
    public String save() throws KernelException {
      return real.save();
    }

    @Override
    public void restore(String text) throws KernelException {
      real.restore(text);
      written = written == 0 ? System.nanoTime() : written;
    }
  }

  void measure(Table table) {
    for (var i = 0; i < RUNS; i++) {
      bare.addNanos(bare());
      exchange();
    }
    table.note("100,000 networks by ipset restore", bare.median(), "ms");
    table.note("100,000 networks by the agent, until they are in force", load.median(), "ms");
    table.note("  until they were read back", loadReadBack.median(), "ms");
    table.add("100,000 networks: agent / ipset restore", load.median() / bare.median(), "x", 2);
    table.add("one network more among 100,000, until it is in force", inForce.median(), "ms", 20);
    table.note("  until it was read back", readBack.median(), "ms");
    table.note("a packet that is looked for among 10", amongFew.median() * 1e6 / PACKETS, "ns");
    table.add(
        "a packet among 100,000 / among 10",
        100 * amongMany.median() / amongFew.median(),
        "%",
        120);
  }

  private static PackedNetworks networks(int count) {
    return PackedNetworks.of(
        Family.IPV4,
        IntStream.range(0, count)
            .mapToObj(
                i -> Cidr.parse("%d.%d.%d.0/25".formatted(10 + i / 65_536, i / 256 % 256, i % 256)))
            .toList());
  }

  private static long bare() {
    var text = new StringBuilder("create bare hash:net family inet maxelem 1048576\n");
    networks(MANY).entries().forEach(entry -> text.append("add bare " + entry + "\n"));
    try (var namespace = NetNamespace.create("bench")) {
      var start = System.nanoTime();
      namespace.run(List.of("ipset", "restore"), text.toString());
      return System.nanoTime() - start;
    }
  }

  private void exchange() {
    try (var topology = new Topology()) {
      var commands = new Commands(topology.host().prefix());
      var sets = new Watched(new IpSetCommands(commands));
      var kernel =
          new Kernel(new XtablesCommands(Backend.NFT, commands), sets, List.of(Family.values()));
      var transaction = new Transaction(kernel, Clock.systemUTC(), Proof.none());
      var few = wanted(FEW);
      var many = wanted(MANY);
      var more = wanted(MANY + 1);
      require(transaction.apply(few, Duration.ofSeconds(30)));
      amongFew.addNanos(packets(topology));
      sets.written = 0;
      var start = System.nanoTime();
      require(transaction.edit(few, many));
      loadReadBack.addNanos(System.nanoTime() - start);
      load.addNanos(sets.written - start);
      amongMany.addNanos(packets(topology));
      sets.written = 0;
      start = System.nanoTime();
      require(transaction.edit(many, more));
      readBack.addNanos(System.nanoTime() - start);
      inForce.addNanos(sets.written - start);
    }
  }

  private static void require(Outcome outcome) {
    if (!(outcome instanceof Outcome.Applied || outcome instanceof Outcome.Healed)) {
      throw new IllegalStateException("not done: " + outcome);
    }
  }

  private static Wanted wanted(int count) {
    var spec =
        Serialization.unmarshal(
            "nodeSelector: {}\ningress: [{name: large, action: Accept, from: [{addressSet: large}]}]",
            HostFirewallPolicySpec.class);
    return Wanted.of(
        PolicyMerge.merge(List.of(new RevisionPolicy("large", "", 1L, spec))),
        NodeFacts.standAlone(),
        Map.of("large", networks(count)),
        List.of(Family.values()),
        "hfr-large");
  }

  /** Sends datagrams that no rule accepts; each is judged before the next one leaves. */
  private static long packets(Topology topology) {
    return topology
        .outside()
        .call(
            () -> {
              var to = InetAddress.ofLiteral("192.0.2.1");
              try (var socket = new DatagramSocket()) {
                var packet = new DatagramPacket(new byte[16], 16, to, 9);
                var start = System.nanoTime();
                for (var i = 0; i < PACKETS; i++) {
                  socket.send(packet);
                }
                return System.nanoTime() - start;
              }
            });
  }
}
