package io.hostfirewall.e2e.kernel;

import io.hostfirewall.e2e.lab.Family;
import io.hostfirewall.e2e.lab.Flow;
import io.hostfirewall.e2e.lab.NetNamespace;
import io.hostfirewall.e2e.lab.Packet;
import io.hostfirewall.e2e.lab.Topology;
import io.hostfirewall.e2e.lab.Wire;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/**
 * A steady stream of packets of three kinds in both families: to a closed port, new ones to an open
 * port, and those of a connection that the host began. The kernel counts them before the first rule
 * and behind the last.
 */
final class Flood implements AutoCloseable {

  static final int OPEN = 7000;
  private static final int CLOSED = 9;
  private static final int OWN = 5000;

  /** About 45,000 packets a second. */
  private static final int BURST = 45;

  private static final long BURST_NANOS = 1_000_000;
  private static final long MOST_BURSTS = 120_000;

  private static final Pattern COUNTER =
      Pattern.compile("counter (\\w+) \\{\\s*packets (\\d+)", Pattern.MULTILINE);

  private final Topology topology;
  private final NetNamespace host;
  private final DatagramSocket own;
  private final DatagramSocket silent;
  private int sent;

  /** What became of the packets of one kind. */
  record Kind(long arrived, long passed) {
    long lost() {
      return arrived - passed;
    }
  }

  record Seen(Kind closed, Kind open, Kind established) {}

  Flood(Topology topology) {
    this.topology = topology;
    this.host = topology.host();
    // Its entries are no burden for the tests that follow.
    host.sysctl("netfilter.nf_conntrack_udp_timeout=2");
    host.run(List.of("nft", "-f", "-"), observer());
    own = host.call(() -> new DatagramSocket(OWN));
    // Nobody answers from the open port, so that its connections stay new.
    silent = host.call(() -> new DatagramSocket(OPEN));
  }

  /**
   * Lets connection tracking see a packet of the host; it does not look before there is a rule that
   * asks it.
   */
  private void connect() {
    host.call(
        () -> {
          for (var family : Family.values()) {
            own.send(new DatagramPacket(new byte[1], 1, peer(family), OWN + 1));
          }
          return null;
        });
  }

  private static String observer() {
    var ports = List.of(CLOSED, OPEN, OWN);
    var text = new StringBuilder("table inet observer {\n");
    for (var port : ports) {
      text.append("counter arrived%d {}\ncounter passed%d {}\n".formatted(port, port));
    }
    text.append(
        "chain before { type filter hook prerouting priority -500; iifname eth0 jump b; }\n");
    text.append("chain behind { type filter hook input priority 500; iifname eth0 jump a; }\n");
    text.append("chain b {\n");
    ports.forEach(
        port -> text.append("udp dport %d counter name arrived%d\n".formatted(port, port)));
    text.append("}\nchain a {\n");
    ports.forEach(
        port -> text.append("udp dport %d counter name passed%d\n".formatted(port, port)));
    return text.append("}\n}\n").toString();
  }

  /** Floods the host while something is done to it. */
  Seen during(Runnable work) {
    connect();
    var done = new AtomicBoolean();
    var flooding = topology.outside().start(() -> flood(done));
    try {
      work.run();
    } finally {
      done.set(true);
    }
    try {
      flooding.get();
    } catch (Exception e) {
      throw new IllegalStateException("the flood ended early", e);
    }
    topology.outside().call(topology.wire()::answers);
    return counted();
  }

  private Void flood(AtomicBoolean done) {
    try (var wire = topology.openWire()) {
      for (long burst = 0; !done.get(); burst++) {
        if (burst > MOST_BURSTS) {
          throw new IllegalStateException("sent %d packets without an end".formatted(sent));
        }
        long start = System.nanoTime();
        burst(wire);
        wire.forget();
        LockSupport.parkNanos(BURST_NANOS - (System.nanoTime() - start));
      }
    }
    return null;
  }

  private void burst(Wire wire) {
    for (int i = 0; i < BURST; i += 3) {
      var family = ++sent % 2 == 0 ? Family.IPV4 : Family.IPV6;
      var port = 10_000 + sent % 50_000;
      var to = address(family);
      wire.send(Packet.udp(new Flow(stranger(family), port, to, CLOSED), (byte) 1));
      wire.send(Packet.udp(new Flow(stranger(family), port, to, OPEN), (byte) 1));
      wire.send(Packet.udp(new Flow(peer(family), OWN + 1, to, OWN), (byte) 1));
    }
  }

  private Seen counted() {
    var listing = host.run("nft", "list", "counters", "table", "inet", "observer");
    var matcher = COUNTER.matcher(listing);
    var counters = new HashMap<String, Long>();
    while (matcher.find()) {
      counters.put(matcher.group(1), Long.parseLong(matcher.group(2)));
    }
    var kinds = new ArrayList<Kind>();
    for (int port : new int[] {CLOSED, OPEN, OWN}) {
      kinds.add(new Kind(counters.get("arrived" + port), counters.get("passed" + port)));
    }
    return new Seen(kinds.get(0), kinds.get(1), kinds.get(2));
  }

  private static InetAddress address(Family family) {
    return InetAddress.ofLiteral(family.pick("192.0.2.1", "2001:db8:1::1"));
  }

  private static InetAddress stranger(Family family) {
    return InetAddress.ofLiteral(family.pick("203.0.113.66", "2001:db8:a:66::1"));
  }

  private static InetAddress peer(Family family) {
    return InetAddress.ofLiteral(family.pick("203.0.113.99", "2001:db8:a:99::1"));
  }

  @Override
  public void close() {
    own.close();
    silent.close();
  }
}
