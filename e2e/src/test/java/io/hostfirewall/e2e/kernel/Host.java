package io.hostfirewall.e2e.kernel;

import io.hostfirewall.agent.transaction.Outcome;
import io.hostfirewall.e2e.lab.Family;
import io.hostfirewall.e2e.lab.Listener;
import io.hostfirewall.e2e.lab.NetNamespace;
import io.hostfirewall.e2e.lab.PacketLog;
import io.hostfirewall.e2e.lab.Seen;
import io.hostfirewall.e2e.lab.Tap;
import io.hostfirewall.e2e.lab.Topology;
import io.hostfirewall.ruleset.compile.LogTarget;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** The machine that is protected. */
final class Host implements AutoCloseable {

  /** What becomes of a connection that the host tries. */
  enum Fate {
    OPEN,
    REFUSED,
    SILENT
  }

  private static final int PATIENCE_MILLIS = 1_000;

  private final Setting setting;
  private final Topology topology;
  private final NetNamespace namespace;
  private final Tap tap;
  private final List<Listener> listeners = new ArrayList<>();
  private final Firewall firewall;

  Host(Topology topology, Setting setting) {
    this.setting = setting;
    this.topology = topology;
    this.namespace = topology.host();
    this.tap = topology.hostTap();
    this.firewall = new Firewall(setting.backEnd(), namespace);
  }

  /** Gets another address on the uplink. */
  InetAddress secondAddress() {
    run(
        setting
            .family()
            .pick(
                "ip addr add 192.0.2.2/24 dev eth0",
                "ip addr add 2001:db8:1::2/64 dev eth0 nodad"));
    return InetAddress.ofLiteral(setting.family().pick("192.0.2.2", "2001:db8:1::2"));
  }

  /** Its address on the uplink. */
  InetAddress address() {
    return InetAddress.ofLiteral(setting.family().pick("192.0.2.1", "2001:db8:1::1"));
  }

  /** The neighbour on the uplink by which it reaches everybody. */
  InetAddress gateway() {
    return InetAddress.ofLiteral(setting.family().pick("192.0.2.254", "2001:db8:1::fe"));
  }

  /** What it received of anybody since the last question. */
  List<Seen> delivered() {
    return namespace.call(tap::delivered);
  }

  InetAddress loopback() {
    return InetAddress.ofLiteral(setting.family().pick("127.0.0.1", "::1"));
  }

  /** An address and port as iptables writes it. */
  String socket(int port) {
    return setting.family().pick("192.0.2.1:" + port, "[2001:db8:1::1]:" + port);
  }

  /** An address of the loopback and port as iptables writes it. */
  String loopbackSocket(int port) {
    return setting.family().pick("127.0.0.1:" + port, "[::1]:" + port);
  }

  /** From now on it is a node of a cluster that has no other. */
  void joinCluster() {
    firewall.joinCluster(List.of(), List.of(), List.of());
  }

  /** From now on it is a node of a cluster with another node and with an API server elsewhere. */
  void joinCluster(InetAddress node, InetAddress apiServer) {
    firewall.joinCluster(List.of(network(node)), List.of(network(apiServer)), List.of());
  }

  /** From now on it is a control-plane node of a cluster with a worker and with a peer. */
  void joinControlPlane(InetAddress worker, InetAddress peer) {
    firewall.joinCluster(
        List.of(network(worker), network(peer)), List.of(), List.of(network(peer)));
  }

  /**
   * From now on somebody administers it by SSH.
   *
   * @param connectionsExhausted whether it can track no more connections
   */
  void administrator(InetAddress address, int sshPort, boolean connectionsExhausted) {
    firewall.administrator(sshPort, network(address), connectionsExhausted);
  }

  private String network(InetAddress address) {
    return address.getHostAddress() + setting.family().pick("/32", "/128");
  }

  /**
   * For how many seconds more the kernel remembers each source of each limit (xt_hashlimit's /proc
   * file, first column).
   */
  List<Long> secondsOfMemory() {
    return namespace.call(
        () -> {
          var folder =
              Path.of(
                  "/proc/thread-self/net",
                  setting.family().pick("ipt_hashlimit", "ip6t_hashlimit"));
          var seconds = new ArrayList<Long>();
          try (var limits = Files.list(folder)) {
            for (var limit : limits.toList()) {
              for (var source : Files.readAllLines(limit)) {
                seconds.add(Long.parseLong(source.split(" ", 2)[0]));
              }
            }
          }
          return seconds;
        });
  }

  /**
   * Whether a datagram that the host sends to a group comes back to a member of the group on the
   * host.
   */
  boolean hearsOwnMulticast() {
    return namespace.call(
        () -> {
          var group = InetAddress.ofLiteral(setting.family().pick("224.0.0.251", "ff02::fb"));
          var uplink = NetworkInterface.getByName("eth0");
          var family =
              setting.family().pick(StandardProtocolFamily.INET, StandardProtocolFamily.INET6);
          try (var receiver = DatagramChannel.open(family);
              var sender = DatagramChannel.open(family)) {
            receiver.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            receiver.bind(new InetSocketAddress(5353));
            receiver.join(group, uplink);
            sender.setOption(StandardSocketOptions.IP_MULTICAST_IF, uplink);
            sender.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, true);
            sender.send(ByteBuffer.wrap(new byte[] {1}), new InetSocketAddress(group, 5353));
            // The kernel loops it back before send returns, or on the next processing of its queue.
            receiver.socket().setSoTimeout(500);
            try {
              receiver.socket().receive(new DatagramPacket(new byte[16], 16));
              return true;
            } catch (SocketTimeoutException e) {
              return false;
            }
          }
        });
  }

  /** From now on packets of which a policy says so are logged to a group; here is what they are. */
  PacketLog logToGroup(int group) {
    firewall.logTo(new LogTarget.Group(group));
    return namespace.call(() -> new PacketLog(group));
  }

  /** The prefixes of what was logged since the last question. */
  List<String> logged(PacketLog log) {
    return namespace.call(log::prefixes);
  }

  /** Starts a server on each of these TCP ports. */
  void listen(int... ports) {
    Arrays.stream(ports).mapToObj(port -> new Listener(namespace, port)).forEach(listeners::add);
  }

  /** Connects to somewhere; empty if nobody answers. */
  Optional<Session> connect(InetAddress destination, int port) {
    return Session.open(namespace, Optional.empty(), destination, port);
  }

  /** Tries to connect to somewhere. */
  Fate knock(InetAddress destination, int port) {
    return namespace.call(
        () -> {
          try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(destination, port), PATIENCE_MILLIS);
            return Fate.OPEN;
          } catch (SocketTimeoutException e) {
            return Fate.SILENT;
          } catch (ConnectException e) {
            return Fate.REFUSED;
          }
        });
  }

  /**
   * Sends datagrams to some ports all the time while something is done, and says of each port how
   * many were sent and how many left the uplink.
   */
  Map<Integer, Sent> sendsDuring(Runnable work, InetAddress destination, int... ports) {
    topology.outside().call(topology.wire()::answers);
    var working = new AtomicBoolean(true);
    var sending =
        CompletableFuture.supplyAsync(
            () -> namespace.call(() -> send(working, destination, ports)),
            task -> Thread.ofVirtual().start(task));
    try {
      work.run();
    } finally {
      working.set(false);
    }
    var sent = sending.join();
    var arrived = new HashMap<Integer, Long>();
    for (var seen : topology.outside().call(topology.wire()::answers)) {
      if (seen.isUdp() && seen.flow().destination().equals(destination)) {
        arrived.merge(seen.flow().destinationPort(), 1L, Long::sum);
      }
    }
    var all = new HashMap<Integer, Sent>();
    sent.forEach((port, count) -> all.put(port, new Sent(count, arrived.getOrDefault(port, 0L))));
    return all;
  }

  /** What became of datagrams. */
  record Sent(long tried, long left) {}

  private static Map<Integer, Long> send(
      AtomicBoolean working, InetAddress destination, int... ports) throws IOException {
    var sent = new HashMap<Integer, Long>();
    try (var socket = new DatagramSocket()) {
      while (working.get()) {
        for (var port : ports) {
          sent.merge(port, 1L, Long::sum);
          try {
            socket.send(new DatagramPacket(new byte[1], 1, destination, port));
          } catch (IOException e) {
            // The kernel tells the sender that a rule dropped it.
          }
        }
        LockSupport.parkNanos(100_000);
      }
    }
    return sent;
  }

  /** Sends so many datagrams, each from a port of its own, and says how many left the uplink. */
  long sends(int times, InetAddress destination, int port) {
    return sends(Collections.nCopies(times, new InetSocketAddress(destination, port))).size();
  }

  /** Sends a datagram to each of these, and says which left the uplink. */
  List<InetSocketAddress> sends(List<InetSocketAddress> destinations) {
    topology.outside().call(topology.wire()::answers);
    namespace.call(
        () -> {
          for (var destination : destinations) {
            try (var socket = new DatagramSocket()) {
              socket.send(new DatagramPacket(new byte[1], 1, destination));
            } catch (IOException e) {
              // The kernel tells the sender that a rule dropped it.
            }
          }
          return null;
        });
    return topology.outside().call(topology.wire()::answers).stream()
        .filter(Seen::isUdp)
        .map(Seen::flow)
        .map(flow -> new InetSocketAddress(flow.destination(), flow.destinationPort()))
        .filter(destinations::contains)
        .toList();
  }

  void sysctl(String... assignments) {
    namespace.sysctl(assignments);
  }

  /** Runs a program that must end well. */
  String run(String command) {
    return namespace.run(command.split(" "));
  }

  /** Runs iptables of this setting, as another program on the host would. */
  String iptables(String arguments) {
    var words = new ArrayList<String>();
    words.add(setting.backEnd().iptables(setting.family()));
    words.addAll(List.of("-w", "10"));
    words.addAll(List.of(arguments.split(" ")));
    return namespace.run(words, "");
  }

  /** Enforces these policies. */
  void apply(String... policies) {
    requireApplied(firewall.apply(policies));
  }

  /** The same for a file, which may bring address sets. */
  void apply(Path file) {
    requireApplied(firewall.apply(file));
  }

  private static void requireApplied(Outcome outcome) {
    if (!(outcome instanceof Outcome.Applied || outcome instanceof Outcome.Unchanged)) {
      throw new IllegalStateException("not applied: " + outcome);
    }
  }

  /** From now on an address set holds these networks. */
  void addressSet(String name, String... networks) {
    firewall.addressSet(name, List.of(networks));
  }

  /** Heals policies that are enforced already, and follows what address sets hold now. */
  void follow(String... policies) {
    var outcome = firewall.heal(policies);
    if (!(outcome instanceof Outcome.Healed)) {
      throw new IllegalStateException("nothing was followed: " + outcome);
    }
  }

  /** Tries these policies, which are rolled back at the last moment. */
  void tryInVain(String... policies) {
    var outcome = firewall.tryInVain(policies);
    if (!(outcome instanceof Outcome.RolledBack)) {
      throw new IllegalStateException("not rolled back: " + outcome);
    }
  }

  /** Takes the firewall off. */
  void remove() {
    var outcome = firewall.remove();
    if (!(outcome instanceof Outcome.Applied)) {
      throw new IllegalStateException("not removed: " + outcome);
    }
  }

  Firewall firewall() {
    return firewall;
  }

  /**
   * Everything that iptables of both kinds, nft and ipset show, with counters; empty tables left
   * out.
   */
  String rulesOfAll() {
    var text = new StringBuilder();
    for (var backEnd : BackEnd.values()) {
      for (var family : Family.values()) {
        var program = backEnd.iptables(family) + "-save";
        text.append("# ").append(program).append('\n');
        text.append(Rules.withoutEmptyTables(namespace.run(program, "-c")));
      }
    }
    var tables = namespace.run("nft", "list", "tables").lines().filter(t -> t.contains("others"));
    tables.forEach(table -> text.append(namespace.run(("nft list " + table).split(" "))));
    return text.append(namespace.run("ipset", "save")).toString();
  }

  /**
   * The same without counters, and without the sets that guard trials if they are empty, as they
   * are at rest.
   */
  String rulesAtRest() {
    return Rules.atRest(rulesOfAll());
  }

  /**
   * Exchanges rules as scripts do: everything of INPUT away, then one rule after the other, in both
   * families.
   *
   * @param chainPolicy what decides meanwhile
   */
  void naiveRules(String chainPolicy, int openPort) {
    for (var family : Family.values()) {
      var iptables = setting.backEnd().iptables(family) + " -w 10 ";
      run(iptables + "-P INPUT " + chainPolicy);
      run(iptables + "-F INPUT");
      for (int i = 0; i < 20; i++) {
        run(
            iptables
                + "-A INPUT -s "
                + family.pick("198.18.0." + i, "2001:db8:b::" + i)
                + " -j DROP");
      }
      run(iptables + "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT");
      run(iptables + "-A INPUT -p udp --dport " + openPort + " -j ACCEPT");
      run(iptables + "-A INPUT -j DROP");
    }
  }

  /** The same without ours. */
  String rulesOfOthers() {
    return Rules.withoutOurs(rulesOfAll());
  }

  @Override
  public void close() {
    listeners.forEach(Listener::close);
  }
}
