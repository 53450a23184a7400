package io.hostfirewall.e2e.walk;

import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import io.hostfirewall.ruleset.model.Family;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

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

  static List<FieldCase> all() {
    return Stream.concat(
            ofPolicies(), Stream.of("ingress", "forward", "egress").flatMap(FieldCase::ofRules))
        .toList();
  }

  private static FieldCase of(
      String path, Site site, List<String> with, List<String> without, String... packets) {
    return new FieldCase(
        path, site, policies(with), policies(without), List.of(), asked(packets), BOTH);
  }

  private static FieldCase of(String path, String with, String without, String... packets) {
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

  private static final String WEB =
      "{name: web, action: Accept, ports: [{protocol: TCP, port: 80}]}";

  private static Stream<FieldCase> ofPolicies() {
    var web = "ingress: [" + WEB + "]";
    var noneOfAll =
        "{name: none, action: Deny, ports: [{protocol: TCP, port: 80}], from: [{addressSet: offices}]}";
    return Stream.of(
        of(
            "spec.defaultActions.ingress",
            "defaultActions: {ingress: Reject}\n" + web,
            web,
            "+ tcp/80",
            "x tcp/81"),
        of(
            "spec.defaultActions.forward",
            "defaultActions: {forward: Accept}\nforward: [{name: no, action: Deny, ports: [{protocol: TCP, port: 80}]}]",
            "forward: [{name: no, action: Deny, ports: [{protocol: TCP, port: 80}]}]",
            "- tcp/80",
            "+ tcp/81"),
        of(
            "spec.defaultActions.egress",
            "defaultActions: {egress: Deny}\negress: [" + WEB + "]",
            "egress: [" + WEB + "]",
            "+ tcp/80",
            "- tcp/81"),
        of(
            "spec.enforcement",
            "enforcement: Enforce\n" + web,
            "enforcement: Audit\n" + web,
            "+ tcp/80",
            "- tcp/81"),
        of(
            "spec.priority",
            Site.ALONE,
            List.of(web, "priority: 100\ningress: [" + noneOfAll + "]"),
            List.of(web, "ingress: [" + noneOfAll + "]"),
            "- tcp/80 friend",
            "+ tcp/80"),
        of(
            "spec.protections.spoofedSource",
            "protections: {spoofedSource: Drop}\n" + web,
            "protections: {spoofedSource: Disabled}\n" + web,
            "+ tcp/80",
            "- tcp/80 forged"),
        of(
            "spec.protections.bogusTcpFlags",
            "protections: {bogusTcpFlags: Drop, invalidState: Disabled}\n" + web,
            "protections: {bogusTcpFlags: Disabled, invalidState: Disabled}\n" + web,
            "+ tcp/80",
            "- tcp/80/FPU"),
        of(
            "spec.protections.newNotSyn",
            "protections: {newNotSyn: Drop}\n" + web,
            "protections: {newNotSyn: Disabled}\n" + web,
            "+ tcp/80",
            "- tcp/80/A"),
        of(
            "spec.protections.invalidState",
            "protections: {invalidState: Drop}\n" + web,
            "protections: {invalidState: Disabled}\n" + web,
            "+ tcp/80",
            "- tcp/80/SA"),
        of(
            "spec.protections.reversePath",
            "protections: {reversePath: Strict}\n" + web,
            web,
            "+ tcp/80",
            "- tcp/80 bonded"),
        of(
            "spec.trustNodes",
            Site.WORKER,
            List.of("trustNodes: false"),
            List.of("trustNodes: true"),
            "- tcp/9999 node",
            "+ tcp/10250 node"),
        of(
            "spec.logging.perMinute",
            "logging: {perMinute: 5}\n" + web,
            web,
            "+ tcp/80",
            "-! tcp/81"));
  }

  private static FieldCase rule(
      String list, String field, String with, String without, String... packets) {
    var closed =
        "defaultActions: {ingress: Deny, forward: Deny, egress: Deny}\n%s:\n- {name: r, %s}";
    return of(
        "spec.%s[].%s".formatted(list, field),
        closed.formatted(list, with),
        closed.formatted(list, without),
        packets);
  }

  private FieldCase in(Family only) {
    return new FieldCase(path, site, with, without, open, asked, Set.of(only));
  }

  private FieldCase beside(String... connections) {
    return new FieldCase(path, site, with, without, asked(connections), asked, families);
  }

  private static Stream<FieldCase> ofRules(String list) {
    var cases = new ArrayList<FieldCase>();
    var web = "action: Accept, ports: [{protocol: TCP, port: 80}]";
    cases.add(rule(list, "action", web, web.replace("Accept", "Deny"), "+ tcp/80", "- tcp/81"));
    cases.add(rule(list, "ports[].port", web, web.replace("80", "82"), "+ tcp/80", "- tcp/81"));
    cases.add(
        rule(list, "ports[].protocol", web, web.replace("TCP", "UDP"), "+ tcp/80", "- udp/80"));
    cases.add(
        rule(
            list,
            "ports[].endPort",
            web.replace("80", "80, endPort: 82"),
            web,
            "+ tcp/82",
            "- tcp/83"));
    cases.add(
        rule(
            list,
            "icmp[].type",
            "action: Accept, icmp: [{type: EchoRequest}]",
            "action: Accept, icmp: [{type: Redirect}]",
            "+ icmp/ping",
            "- icmp/other"));
    for (var family : Family.values()) {
      var icmp =
          "action: Accept, icmp: [{type: '%d', %%sfamily: %s}]"
              .formatted(family == Family.IPV4 ? 8 : 128, family == Family.IPV4 ? "IPv4" : "IPv6");
      cases.add(
          rule(
                  list,
                  "icmp[].code",
                  icmp.formatted("code: 0, "),
                  icmp.formatted(""),
                  "+ icmp/ping",
                  "- icmp/ping/1")
              .in(family));
      cases.add(
          rule(
                  list,
                  "icmp[].family",
                  "action: Accept, icmp: [{type: EchoRequest, family: %s}]"
                      .formatted(family == Family.IPV4 ? "IPv4" : "IPv6"),
                  "action: Accept, icmp: [{type: EchoRequest, family: %s}]"
                      .formatted(family == Family.IPV4 ? "IPv6" : "IPv4"),
                  "+ icmp/ping",
                  "- icmp/other")
              .in(family));
    }
    cases.add(
        rule(
            list,
            "protocols[]",
            "action: Accept, protocols: [47]",
            "action: Accept, protocols: [50]",
            "+ 47",
            "- 50"));
    var eth = list.equals("egress") ? "" : " bond1";
    cases.add(
        rule(
            list,
            "interfaces[]",
            web + ", interfaces: [eth0]",
            web,
            "+ tcp/80",
            "- tcp/80 bonded" + eth));
    cases.add(
        rule(
            list,
            "logging.perMinute",
            web + ", logging: {perMinute: 5}",
            web,
            "+! tcp/80",
            "- tcp/81"));
    var limit = web + ", rateLimit: {limit: 1, unit: Hour, burst: 1, per: Node%s}";
    cases.add(
        rule(
            list,
            "rateLimit.burst",
            limit.formatted(""),
            limit.formatted("").replace("burst: 1", "burst: 2"),
            "+ tcp/80",
            "- tcp/80"));
    cases.add(
        rule(
            list,
            "rateLimit.exceeded",
            limit.formatted(", exceeded: Reject"),
            limit.formatted(""),
            "+ tcp/80",
            "x tcp/80"));
    cases.add(
        rule(
            list,
            "rateLimit.per",
            limit.formatted(""),
            list.equals("egress") ? web : limit.formatted("").replace("Node", "Source"),
            "+ tcp/80",
            "- tcp/80 friend"));
    cases.addAll(peers(list, list.equals("egress") ? "to" : "from", web));
    if (!list.equals("egress")) {
      cases.addAll(owns(list, web));
      cases.addAll(bySource(list, web));
    }
    return cases.stream();
  }

  /** Who is at the other end. */
  private static List<FieldCase> peers(String list, String key, String web) {
    var to = web + ", " + key + ": [{%s}]";
    var friends = "networks: [203.0.113.64/26, '2001:db8:a:66::/64']";
    var around = "networks: [203.0.113.0/24, '2001:db8:a::/48']";
    var cases = new ArrayList<FieldCase>();
    cases.add(
        rule(
            list,
            key + "[].networks[]",
            to.formatted(friends),
            web,
            "+ tcp/80 friend",
            "- tcp/80"));
    cases.add(
        rule(
            list,
            key + "[].except[]",
            to.formatted(around + ", " + friends.replace("networks", "except")),
            to.formatted(around),
            "- tcp/80 friend",
            "+ tcp/80"));
    cases.addAll(named(list, key, web, ""));
    return cases;
  }

  /** Peers by names and labels. */
  private static List<FieldCase> named(String list, String key, String web, String end) {
    var to = web + ", " + key + ": [{%s}]";
    var zones = "nodes: {matchExpressions: [{key: %s, operator: %s, values: [%s]}]}";
    var inZones = to.formatted(zones.formatted("zone", "In", "north, south"));
    var friend = "+ tcp/80 " + end + "friend";
    var node = "+ tcp/80 " + end + "node";
    var expression = key + "[].nodes.matchExpressions[].";
    return List.of(
        rule(
            list,
            key + "[].addressSet",
            to.formatted("addressSet: offices"),
            web,
            friend,
            "- tcp/80"),
        rule(
            list,
            key + "[].nodes.matchLabels",
            to.formatted("nodes: {matchLabels: {rack: a}}"),
            web,
            friend,
            "- tcp/80"),
        rule(
            list,
            expression + "key",
            inZones,
            to.formatted(zones.formatted("row", "In", "north, south")),
            node,
            "- tcp/80"),
        rule(
            list,
            expression + "operator",
            inZones,
            to.formatted(zones.formatted("zone", "NotIn", "north, south")),
            node,
            "- tcp/80"),
        rule(
            list,
            expression + "values[]",
            inZones,
            to.formatted(zones.formatted("zone", "In", "west")),
            node,
            "- tcp/80"));
  }

  /** At which end of the host's own, or of those behind it. */
  private static List<FieldCase> owns(String list, String web) {
    var here =
        list.equals("ingress")
            ? "192.0.2.1/32, '2001:db8:1::1/128'"
            : "10.42.0.2/32, 'fd42::2/128'";
    var around =
        list.equals("ingress")
            ? "192.0.2.0/24, 198.18.1.1/32, '2001:db8:1::1/128', '2001:db8:2::1/128'"
            : "10.42.0.0/24, 198.51.100.0/24, 'fd42::/64', '2001:db8:f::/48'";
    var to = web + ", to: [{networks: [%s]%s}]";
    var cases = new ArrayList<FieldCase>();
    cases.add(
        rule(list, "to[].networks[]", to.formatted(here, ""), web, "+ tcp/80", "- tcp/80 other"));
    cases.add(
        rule(
            list,
            "to[].except[]",
            to.formatted(around, ", except: [" + here + "]"),
            to.formatted(around, ""),
            "- tcp/80",
            "+ tcp/80 other"));
    if (list.equals("forward")) {
      cases.addAll(named(list, "to", web, "to-"));
    }
    return cases;
  }

  /** What is counted for each source. */
  private static List<FieldCase> bySource(String list, String web) {
    var limit = web + ", rateLimit: {limit: 1, unit: Hour, burst: 1%s}";
    var prefix = ", sourcePrefixLength: {%s: %d}";
    return List.of(
        rule(
                list,
                "connectionLimit.perSource",
                web + ", connectionLimit: {perSource: 1}",
                web + ", connectionLimit: {perSource: 2}",
                "- tcp/80",
                "+ tcp/80 friend")
            .beside("+ tcp/80"),
        rule(
                list,
                "rateLimit.sourcePrefixLength.ipv4",
                limit.formatted(prefix.formatted("ipv4", 24)),
                limit.formatted(""),
                "+ tcp/80",
                "- tcp/80 friend")
            .in(Family.IPV4),
        rule(
                list,
                "rateLimit.sourcePrefixLength.ipv6",
                limit.formatted(prefix.formatted("ipv6", 48)),
                limit.formatted(""),
                "+ tcp/80",
                "- tcp/80 friend")
            .in(Family.IPV6));
  }
}
