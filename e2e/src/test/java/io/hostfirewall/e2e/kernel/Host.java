package io.hostfirewall.e2e.kernel;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicy;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.e2e.lab.Family;
import io.hostfirewall.e2e.lab.NetNamespace;
import io.hostfirewall.e2e.lab.Seen;
import io.hostfirewall.e2e.lab.Tap;
import io.hostfirewall.e2e.lab.Topology;
import io.hostfirewall.ruleset.compile.Compiler;
import io.hostfirewall.ruleset.compile.LiveSets;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.merge.PolicyMerge;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.render.SetText;
import io.hostfirewall.ruleset.trial.KernelState;
import io.hostfirewall.ruleset.trial.Steps;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The machine that is protected. */
final class Host implements AutoCloseable {

  private final Setting setting;
  private final NetNamespace namespace;
  private final Tap tap;
  private final List<Listener> listeners = new ArrayList<>();
  private NodeFacts facts = NodeFacts.standAlone();

  Host(Topology topology, Setting setting) {
    this.setting = setting;
    this.namespace = topology.host();
    this.tap = topology.hostTap();
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

  /**
   * From now on its rules are those of a node: pods have their own way in, the cluster is trusted.
   */
  void joinCluster() {
    facts =
        new NodeFacts(
            List.of(),
            List.of(),
            true,
            List.of("cni0"),
            true,
            10250,
            List.of(),
            List.of(),
            List.of(Cidr.parse("10.42.0.0/24"), Cidr.parse("fd42::/64")),
            List.of(
                new NodeFacts.PodRoute(Cidr.parse("0.0.0.0/0"), "cni0"),
                new NodeFacts.PodRoute(Cidr.parse("::/0"), "cni0")),
            List.of());
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

  /** Starts a server on each of these TCP ports. */
  void listen(int... ports) {
    Arrays.stream(ports).mapToObj(port -> new Listener(namespace, port)).forEach(listeners::add);
  }

  /** Connects to somewhere; empty if nobody answers. */
  Optional<Session> connect(InetAddress destination, int port) {
    return Session.open(namespace, Optional.empty(), destination, port);
  }

  void sysctl(String... assignments) {
    namespace.sysctl(assignments);
  }

  /** Runs iptables of this setting, as another program on the host would. */
  String iptables(String arguments) {
    var words = new ArrayList<String>();
    words.add(setting.backEnd().iptables(setting.family()));
    words.addAll(List.of("-w", "10"));
    words.addAll(List.of(arguments.split(" ")));
    return namespace.run(words, "");
  }

  void apply(String... policies) {
    apply(facts, policies);
  }

  void apply(NodeFacts facts, String... yamls) {
    var policies = new ArrayList<RevisionPolicy>();
    for (var yaml : yamls) {
      var policy = Serialization.unmarshal(yaml, HostFirewallPolicy.class);
      policies.add(new RevisionPolicy(policy.getMetadata().getName(), "", 0L, policy.getSpec()));
    }
    var own =
        List.of("192.0.2.1/32", "2001:db8:1::1/128", "10.42.0.1/32", "fd42::1/128").stream()
            .map(Cidr::parse)
            .toList();
    facts =
        new NodeFacts(
            facts.uplinks(),
            facts.podInterfacePrefixes(),
            facts.bridgeNetfilter(),
            facts.bridges(),
            facts.clustered(),
            facts.kubeletPort(),
            facts.apiServerPorts(),
            facts.apiServerFrom(),
            java.util.stream.Stream.concat(facts.ownNetworks().stream(), own.stream()).toList(),
            facts.podInterfaces(),
            facts.routedPods());
    Map<String, List<Cidr>> address =
        facts.clustered()
            ? Map.of(
                "cluster-nodes",
                List.of(),
                "cluster-pods",
                List.of(),
                "cluster-apiservers",
                List.of())
            : Map.of();
    for (var family : io.hostfirewall.ruleset.model.Family.values()) {
      var mine = Family.valueOf(family.name());
      var rules = Compiler.compile(PolicyMerge.merge(policies), facts, family);
      var sets = new ArrayList<>(LiveSets.of(facts, address, family));
      sets.addAll(rules.sets());
      var text = new StringBuilder();
      sets.forEach(set -> text.append(SetText.create(set)));
      namespace.run(List.of("ipset", "restore", "-exist"), text.toString());
      var saved = namespace.run(setting.backEnd().iptables(mine) + "-save", "-c");
      var state = KernelState.read(family, saved);
      namespace.run(
          List.of(setting.backEnd().iptables(mine) + "-restore", "--noflush", "-w", "10"),
          Steps.heal(state, rules, "hfr-0123456789ab"));
    }
  }

  @Override
  public void close() {
    listeners.forEach(Listener::close);
  }
}
