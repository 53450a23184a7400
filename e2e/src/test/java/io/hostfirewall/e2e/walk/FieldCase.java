package io.hostfirewall.e2e.walk;

import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import io.hostfirewall.ruleset.model.Family;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A field, policies that set it, the same policies without it or with another value, and packets
 * that show the difference.
 *
 * @param path such as {@code spec.ingress[].ports[].port}
 * @param open a connection that is there before the packets come
 * @param asked the packets, each with what becomes of it under the field
 */
record FieldCase(
    String path,
    Site site,
    List<HostFirewallPolicySpec> with,
    List<HostFirewallPolicySpec> without,
    List<Asked> open,
    List<Asked> asked,
    Set<Family> families) {

  private static final Set<Family> BOTH = Set.of(Family.values());
  private static final Map<String, String> WORDS =
      Map.of("+", "passes", "-", "is dropped", "x", "is rejected");

  static final String LOGGED = " and is logged";

  /** The first port from which somebody asks, when nothing else shall count it. */
  private static final int PORT = 40_000;

  /**
   * A packet in words: a sign of what becomes of it, with {@code !} if it is logged, what it is,
   * and perhaps who is at the other end and at which of the host's own ends.
   */
  record Asked(String words) {

    String expected() {
      var sign = words.substring(0, words.indexOf(' '));
      return WORDS.get(sign.substring(0, 1)) + (sign.endsWith("!") ? LOGGED : "");
    }

    /** The packet in a list of rules: to the host, through it, or from it. */
    Probe probe(String list, Family family) {
      var told = List.of(words.split(" ", -1));
      var addresses = Addresses.of(family);
      var peer = peer(told, addresses);
      var content = told.get(1).split("/", -1);
      var own = own(list, told, addresses);
      var sent = list.equals("egress");
      var device = sent ? Routes.device(peer) : told.contains("bond1") ? "bond1" : "eth0";
      var protocol = protocol(content[0], family);
      var isIcmp = content[0].startsWith("icmp");
      var number = content.length > 1 && !isIcmp ? Integer.parseInt(content[1]) : 0;
      return new Probe(
          sent ? "" : device,
          sent ? device : null,
          sent ? own : peer,
          sent ? peer : own,
          protocol,
          number > 0 ? PORT : 0,
          number,
          protocol == Probe.TCP ? content.length > 2 ? content[2] : "S" : "",
          isIcmp ? type(content[1], family) : 0,
          isIcmp && content.length > 2 ? Integer.parseInt(content[2]) : 0,
          64,
          false,
          Past.NONE,
          null);
    }

    private static String own(String list, List<String> told, Addresses addresses) {
      if (!list.equals("forward")) {
        return told.contains("other") ? addresses.second() : addresses.host();
      }
      if (told.contains("to-friend")) {
        return peer(List.of("friend"), addresses);
      }
      return told.contains("to-node")
          ? peer(List.of("node"), addresses)
          : addresses.elsewhere().get(told.contains("other") ? 1 : 0);
    }

    private static String peer(List<String> told, Addresses addresses) {
      var sources = addresses.sources();
      var family = Addresses.family(addresses.host());
      return switch (told.stream().filter(PEERS::contains).findFirst().orElse("stranger")) {
        case "friend" -> sources.get(1);
        case "node" -> sources.get(family == Family.IPV4 ? 3 : 4);
        case "forged" -> addresses.forged().get(family == Family.IPV4 ? 2 : 1);
        case "bonded" -> family == Family.IPV4 ? "198.18.1.9" : "2001:db8:2::9";
        default -> sources.getFirst();
      };
    }

    private static final Set<String> PEERS = Set.of("friend", "node", "forged", "bonded");

    private static int protocol(String name, Family family) {
      return switch (name) {
        case "tcp" -> Probe.TCP;
        case "udp" -> Probe.UDP;
        case "sctp" -> Probe.SCTP;
        case "icmp" -> family == Family.IPV4 ? Probe.ICMP : Probe.ICMPV6;
        default -> Integer.parseInt(name);
      };
    }

    private static int type(String name, Family family) {
      return switch (name) {
        case "ping" -> family == Family.IPV4 ? 8 : 128;
        case "other" -> family == Family.IPV4 ? 13 : 139;
        default -> Integer.parseInt(name);
      };
    }
  }

  @Override
  public String toString() {
    return path;
  }

  List<String> expected() {
    return asked.stream().map(Asked::expected).toList();
  }

  Case asCase(List<HostFirewallPolicySpec> policies) {
    var list =
        path.startsWith("spec.egress") || path.endsWith(".egress")
            ? "egress"
            : path.contains("forward") ? "forward" : "ingress";
    var connections = new ArrayList<Connection>();
    var packets = new ArrayList<Probe>();
    for (var family : families) {
      for (var one : open) {
        var port = Connection.STAY.first() + connections.size();
        connections.add(new Connection(one.probe(list, family).from(port)));
      }
      asked.forEach(one -> packets.add(one.probe(list, family)));
    }
    return new Case(site, policies, connections, packets);
  }

  static FieldCase of(
      String path, Site site, List<String> with, List<String> without, String... packets) {
    return new FieldCase(
        path, site, policies(with), policies(without), List.of(), asked(packets), BOTH);
  }

  static FieldCase of(String path, String with, String without, String... packets) {
    return of(path, Site.ALONE, List.of(with), List.of(without), packets);
  }

  private static List<Asked> asked(String... packets) {
    return Arrays.stream(packets).map(Asked::new).toList();
  }

  private static List<HostFirewallPolicySpec> policies(List<String> specs) {
    return specs.stream()
        .map(spec -> EachFieldKernelIT.policy("nodeSelector: {}\n" + spec + "\n"))
        .toList();
  }

  FieldCase in(Family only) {
    return new FieldCase(path, site, with, without, open, asked, Set.of(only));
  }

  FieldCase beside(String... connections) {
    return new FieldCase(path, site, with, without, asked(connections), asked, families);
  }
}
