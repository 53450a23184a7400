package io.hostfirewall.e2e.walk;

import io.hostfirewall.e2e.lab.Jiffies;
import io.hostfirewall.e2e.lab.NetNamespace;
import io.hostfirewall.e2e.lab.Packet;
import io.hostfirewall.e2e.lab.RawSocket;
import io.hostfirewall.e2e.lab.Seen;
import io.hostfirewall.e2e.lab.Shell;
import io.hostfirewall.e2e.lab.Wire;
import io.hostfirewall.e2e.walk.Walks.Walked;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.IpSet;
import io.hostfirewall.ruleset.model.RuleSet;
import io.hostfirewall.ruleset.render.SetText;
import io.hostfirewall.ruleset.trial.Steps;
import io.hostfirewall.ruleset.walk.Packet.Way;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A host that does nothing but judge. Nobody outside answers it, and what its rules let pass, in or
 * out, is counted and then dropped, so that each packet is the first of its flow however often it
 * is sent, unless it belongs to one of the conversations of {@link Past} or opens a {@link
 * Connection}.
 */
final class Subject implements AutoCloseable {

  /** Interfaces of the host, and the numbers of their ends. */
  private static final Map<String, Integer> INTERFACES = new LinkedHashMap<>();

  static {
    INTERFACES.put("eth0", 10);
    INTERFACES.put("bond1", 12);
    INTERFACES.put("cni0", 14);
    INTERFACES.put("cali7", 16);
  }

  /** Marks of connections that were opened. */
  private static final int STAYS = 4;

  private static final int ENDS = 8;

  /**
   * Ticks of the kernel's clock until a rule no longer counts a connection that did not come to be
   * (nf_conncount.c, find_or_evict); one of three has begun already.
   */
  private static final int FORGOTTEN = 3;

  /**
   * Behind the last rule, and before connection tracking would remember the flow. What the host
   * sends to several, or to itself, would come back before.
   */
  private static final String END =
      """
      table inet lab {
        counter INPUT-ipv4 {}
        counter INPUT-ipv6 {}
        counter FORWARD-ipv4 {}
        counter FORWARD-ipv6 {}
        counter OUTPUT-ipv4 {}
        counter OUTPUT-ipv6 {}
        chain input {
          type filter hook input priority 500
          iifname lo accept
          meta nfproto ipv4 counter name INPUT-ipv4
          meta nfproto ipv6 counter name INPUT-ipv6
          jump remember
          drop
        }
        chain forward {
          type filter hook forward priority 500
          meta mark set 2
        }
        chain output {
          type filter hook output priority 500
          meta mark 1 fib daddr type != unicast goto sent
        }
        chain postrouting {
          type filter hook postrouting priority 500
          meta mark 1 goto sent
          meta mark 2 goto routed
        }
        chain sent {
          meta nfproto ipv4 counter name OUTPUT-ipv4 drop
          meta nfproto ipv6 counter name OUTPUT-ipv6 drop
        }
        chain routed {
          meta nfproto ipv4 counter name FORWARD-ipv4
          meta nfproto ipv6 counter name FORWARD-ipv6
          jump remember
          drop
        }
        chain remember {
          meta l4proto { tcp, udp } th sport %s ct mark set %d accept
          meta l4proto { tcp, udp } th sport %s ct mark set %d accept
        }
      }
      """
          .formatted(
              Translations.range(Connection.STAY), STAYS, Translations.range(Connection.END), ENDS);

  /** Tables in which nothing stands, for iptables-restore: a policy that it leaves out stays. */
  private static final String OPEN =
      """
      *raw
      :PREROUTING ACCEPT
      :OUTPUT ACCEPT
      COMMIT
      *mangle
      :PREROUTING ACCEPT
      :INPUT ACCEPT
      :FORWARD ACCEPT
      :OUTPUT ACCEPT
      :POSTROUTING ACCEPT
      COMMIT
      *filter
      :INPUT ACCEPT
      :FORWARD ACCEPT
      :OUTPUT ACCEPT
      COMMIT
      """;

  /**
   * Of what the host shall be judged by. What it sends by the way has none, but listener reports:
   * in the same place stands how long they are (struct sk_buff, reserved_tailroom).
   */
  private static final int MARK = 1;

  /** Of what has no mark, neither that of what the host sends nor that of what it routes. */
  private static final String BY_THE_WAY = "-m mark --mark 0 -j ACCEPT";

  private static final Pattern COUNTER = Pattern.compile("counter (\\S+) \\{\\s*packets (\\d+)");

  /** Asked by the host, by the peer, accepted, pinged, asked by the pod; each in two families. */
  private static final int CONVERSATIONS = 10;

  private final String backEnd;
  private final NetNamespace host = NetNamespace.create("judge");
  private final NetNamespace outside = NetNamespace.create("senders");
  private final Map<String, Wire> wires = new LinkedHashMap<>();
  private final RawSocket own;
  private int pieces;

  /**
   * Makes it.
   *
   * @param backEnd {@code nft} or {@code legacy}
   */
  Subject(String backEnd) {
    this.backEnd = backEnd;
    link();
    outside.call(this::openWires);
    host.run(List.of("nft", "-f", "-"), Translations.text());
    converse();
    host.run(List.of("nft", "-f", "-"), END);
    own = host.call(() -> new RawSocket(MARK));
  }

  static List<String> interfaces() {
    return List.copyOf(INTERFACES.keySet());
  }

  String backEnd() {
    return backEnd;
  }

  private void link() {
    outside.sysctl("ipv6.conf.all.disable_ipv6=1", "ipv6.conf.default.disable_ipv6=1");
    host.sysctl(
        "ipv6.conf.all.accept_dad=0",
        "ipv6.conf.default.accept_dad=0",
        "ipv6.conf.default.router_solicitations=0",
        // Only rules drop spoofed sources here.
        "ipv4.conf.all.rp_filter=0",
        "ipv4.conf.default.rp_filter=0",
        "ipv4.conf.all.route_localnet=1",
        "ipv4.conf.all.accept_local=1",
        "ipv4.ip_forward=1",
        "ipv6.conf.all.forwarding=1");
    INTERFACES.forEach(
        (name, number) ->
            host.ip(
                "link add %s index %d address %s type veth peer name %s index %d netns %s"
                    .formatted(name, number, mac(number), name, number + 1, outside.name()),
                "link set %s up".formatted(name)));
    INTERFACES
        .keySet()
        .forEach(
            name -> {
              outside.ip("link set %s up".formatted(name));
              host.ip(neighbours(name));
            });
    host.ip(
        "addr add 192.0.2.1/24 dev eth0",
        "addr add 2001:db8:1::1/64 dev eth0 nodad",
        "addr add 198.18.1.1/32 dev bond1",
        "addr add 2001:db8:2::1/128 dev bond1 nodad");
    host.ip(Routes.commands());
  }

  /** Connection tracking remembers whom the host could not find to reject (measured). */
  private static String[] neighbours(String device) {
    return Stream.of("fe80::50", "192.0.2.254", "fe80::fe")
        .map(
            address ->
                "neigh add %s lladdr 02:00:00:00:00:fe dev %s nud permanent"
                    .formatted(address, device))
        .toArray(String[]::new);
  }

  private static String mac(int number) {
    return "02:00:00:00:00:%02x".formatted(number);
  }

  private Void openWires() {
    var address = Past.address(Addresses.of(Family.IPV4).host()).getAddress();
    INTERFACES.forEach(
        (name, number) -> {
          var wire = new Wire(name, new byte[] {2, 0, 0, 0, 0, number.byteValue()}, address);
          wire.awaitHost();
          wires.put(name, wire);
        });
    return null;
  }

  /** The conversations of {@link Past}, which connection tracking then remembers for a day. */
  private void converse() {
    for (var timeout :
        List.of(
            "udp_timeout",
            "udp_timeout_stream",
            "icmp_timeout",
            "icmpv6_timeout",
            "tcp_timeout_syn_sent",
            "tcp_timeout_syn_recv",
            "tcp_timeout_max_retrans",
            "tcp_timeout_unacknowledged")) {
      host.sysctl("netfilter.nf_conntrack_" + timeout + "=86400");
    }
    host.sysctl("netfilter.nf_conntrack_tcp_be_liberal=1", "ipv4.tcp_synack_retries=0");
    try (var server = host.call(() -> new ServerSocket(Past.SERVER))) {
      host.call(Subject::ask);
      var heard = hearing(() -> outside.call(this::speak));
      if (!heard.equals(Map.of("SA", 2L, "echo reply", 2L, "datagram", 4L))) {
        throw new IllegalStateException(server + " and the host did not talk as planned: " + heard);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the peer hears while a process of the host hears it. */
  private Map<String, Long> hearing(Supplier<List<Seen>> peer) {
    try (var _ = host.call(() -> new DatagramSocket(Past.HEARD))) {
      return peer.get().stream()
          .collect(Collectors.groupingBy(Subject::kind, Collectors.counting()));
    }
  }

  private static Void ask() throws IOException {
    try (var socket = new DatagramSocket(Past.ASKED)) {
      for (var family : Family.values()) {
        var to = Past.address(Addresses.of(family).peer());
        socket.send(new DatagramPacket(new byte[1], 1, to, Past.ANSWERS));
      }
    }
    return null;
  }

  private List<Seen> speak() {
    for (var family : Family.values()) {
      wires.get("eth0").send(Packet.tcp(Past.call(family), "S"));
      wires.get("eth0").send(Past.ping(family));
      wires.get("eth0").send(Packet.udp(Past.question(family), (byte) 1));
      wires.get("cni0").send(Packet.udp(Past.answerForPod(family).reversed(), (byte) 1));
    }
    return wires.get("eth0").answers();
  }

  private static String kind(Seen seen) {
    return seen.isUdp() ? "datagram" : seen.isEchoReply() ? "echo reply" : seen.flags();
  }

  /** Loads rules, and nothing else, in the place of all that stood in their tables. */
  void load(RuleSet rules, List<IpSet> sets) {
    var text = new StringBuilder();
    for (var set : sets) {
      text.append(SetText.create(new IpSet(set.name(), set.type(), set.family(), List.of())));
      text.append(SetText.flush(List.of(set.name()))).append(SetText.create(set));
    }
    run(text.toString(), "ipset", "restore", "-exist");
    run(
        pastRules(Steps.fresh(rules.family(), rules, "hfr-0123456789ab")),
        iptables(rules.family()) + "-restore");
  }

  /** What the host sends by the way goes past rules about what it sends. */
  private static String pastRules(String text) {
    return text.replace(
        "\n-I OUTPUT 1 ",
        "\n-I OUTPUT 1 -m mark ! --mark %d -j ACCEPT\n-I OUTPUT 2 ".formatted(MARK));
  }

  /** Loads rules that others wrote, in the place of all that stood in any table. */
  void loadText(Family family, String text) {
    run(OPEN, iptables(family) + "-restore");
    run(
        text.replaceAll(
                "(?m)^(:OUTPUT .*)$", "$1\n-A OUTPUT -m mark ! --mark %d -j ACCEPT".formatted(MARK))
            .replaceAll("(?m)^(:POSTROUTING .*)$", "$1\n-A POSTROUTING " + BY_THE_WAY),
        iptables(family) + "-restore");
  }

  /** How many packets come behind the rules that were loaded last. */
  Map<Way, Long> passing(Family family, List<Probe> probes) {
    run("", "nft", "reset", "counters", "table", "inet", "lab");
    outside.call(
        () -> {
          probes.stream().filter(probe -> !probe.isSent()).forEach(this::bring);
          return wires.get("eth0").answers();
        });
    host.call(
        () -> {
          probes.stream().filter(Probe::isSent).forEach(this::send);
          return null;
        });
    requireNothingRemembered();
    return passed(family);
  }

  /** Sends packets to the rules that were loaded last, when the connections have been opened. */
  Tally judge(RuleSet loaded, Walks walks) {
    run("", "nft", "reset", "counters", "table", "inet", "lab");
    outside.call(() -> bring(walks.openings()));
    var opened = !walks.openings().isEmpty();
    if (opened) {
      forget(ENDS);
    }
    outside.call(() -> bring(walks.packets()));
    host.call(
        () -> {
          walks.packets().stream().map(Walked::probe).filter(Probe::isSent).forEach(this::send);
          return null;
        });
    if (opened) {
      forget(STAYS);
    }
    requireNothingRemembered();
    var saved = run("", iptables(loaded.family()) + "-save", "-c");
    return Tally.of(loaded, saved, passed(loaded.family()));
  }

  /** Ends connections; there may be none. */
  private void forget(int mark) {
    for (var family : List.of("ipv4", "ipv6")) {
      host.call(
          () ->
              Shell.attempt(
                  List.of("conntrack", "-D", "-f", family, "-m", String.valueOf(mark)), ""));
    }
  }

  private Void bring(List<Walked> packets) {
    for (var packet : packets) {
      if (packet.counted()) {
        wires.get("eth0").answers();
        Jiffies.pass(FORGOTTEN);
      }
      if (!packet.probe().isSent()) {
        bring(packet.probe());
      }
    }
    wires.get("eth0").answers();
    return null;
  }

  private void bring(Probe probe) {
    probe.pieces(++pieces).forEach(wires.get(probe.in())::send);
  }

  private void send(Probe probe) {
    if (own.send(probe.packet(), Objects.requireNonNull(probe.out()))) {
      throw new IllegalStateException("nothing judged " + probe);
    }
  }

  /** A flow that is remembered would be another one when it is sent again. */
  private void requireNothingRemembered() {
    var remembered =
        host.call(() -> Files.readAllLines(Path.of("/proc/thread-self/net/nf_conntrack")));
    if (remembered.size() != CONVERSATIONS) {
      throw new IllegalStateException("connections: " + String.join("\n", remembered));
    }
  }

  private Map<Way, Long> passed(Family family) {
    var listing = run("", "nft", "list", "counters", "table", "inet", "lab");
    var counters =
        COUNTER
            .matcher(listing)
            .results()
            .collect(Collectors.toMap(c -> c.group(1), c -> Long.parseLong(c.group(2))));
    var passed = new EnumMap<Way, Long>(Way.class);
    for (var way : Way.values()) {
      passed.put(way, counters.get(way + "-" + (family == Family.IPV4 ? "ipv4" : "ipv6")));
    }
    return passed;
  }

  private String iptables(Family family) {
    return (family == Family.IPV4 ? "iptables-" : "ip6tables-") + backEnd;
  }

  /** Without {@code nsenter}: what is started on the namespace's thread is inside. */
  private String run(String input, String... command) {
    return host.call(() -> Shell.run(List.of(command), input));
  }

  @Override
  public void close() {
    host.call(
        () -> {
          own.close();
          return null;
        });
    outside.call(
        () -> {
          wires.values().forEach(Wire::close);
          return null;
        });
    outside.close();
    host.close();
  }
}
