package io.hostfirewall.e2e.walk;

import io.hostfirewall.ruleset.model.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The fields that a rule has in each of the lists. */
final class RuleFieldCases {

  private RuleFieldCases() {}

  static Stream<FieldCase> all() {
    return Stream.of("ingress", "forward", "egress").flatMap(RuleFieldCases::of);
  }

  private static FieldCase rule(
      String list, String field, String with, String without, String... packets) {
    var closed =
        "defaultActions: {ingress: Deny, forward: Deny, egress: Deny}\n%s:\n- {name: r, %s}";
    return FieldCase.of(
        "spec.%s[].%s".formatted(list, field),
        closed.formatted(list, with),
        closed.formatted(list, without),
        packets);
  }

  private static Stream<FieldCase> of(String list) {
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
