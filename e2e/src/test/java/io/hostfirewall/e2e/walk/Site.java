package io.hostfirewall.e2e.walk;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.hostfirewall.ruleset.compile.LiveSets;
import io.hostfirewall.ruleset.compile.LogTarget;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.compile.NodeFacts.Door;
import io.hostfirewall.ruleset.compile.NodeFacts.PodRoute;
import io.hostfirewall.ruleset.compile.Untracking;
import io.hostfirewall.ruleset.merge.PeerSets;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.IpSet;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the host is: alone, or a node of a cluster. */
enum Site {
  ALONE,
  ALONE_WITH_ADMINISTRATORS,
  ALONE_WITH_ONE_UPLINK,
  WORKER,
  CONTROL_PLANE;

  /** An address set of the user. */
  static final String OFFICES = "offices";

  /** Selectors of nodes, each of which stands for an address set. */
  static final LabelSelector RACK =
      new LabelSelectorBuilder().addToMatchLabels("rack", "a").build();

  static final LabelSelector ZONES =
      new LabelSelectorBuilder()
          .addNewMatchExpression()
          .withKey("zone")
          .withOperator("In")
          .withValues("north", "south")
          .endMatchExpression()
          .build();

  private static final List<Cidr> OF_OFFICES =
      networks("203.0.113.64/26", "198.51.100.8/32", "2001:db8:a:66::/64");

  private static final Map<String, List<Cidr>> NAMED_BY_RULES =
      Map.of(
          OFFICES,
          OF_OFFICES,
          PeerSets.ofNodes(RACK),
          networks("203.0.113.66/32", "2001:db8:a:66::1/128"),
          PeerSets.ofNodes(ZONES),
          networks("203.0.113.99/32", "192.0.2.50/32", "2001:db8:a:99::1/128"));

  private static final Map<String, List<Cidr>> OF_THE_CLUSTER =
      Map.of(
          "cluster-nodes",
          networks("203.0.113.99/32", "2001:db8:a:99::1/128"),
          "cluster-apiservers",
          networks("203.0.113.98/32", "2001:db8:a:98::1/128"),
          "cluster-control-plane",
          networks("203.0.113.97/32", "2001:db8:a:97::1/128"),
          "cluster-pods",
          networks("10.42.0.0/16", "fd42::/16"));

  boolean isClustered() {
    return this == WORKER || this == CONTROL_PLANE;
  }

  NodeFacts facts() {
    return new NodeFacts(
        this == ALONE_WITH_ONE_UPLINK ? List.of("eth0") : List.of(),
        isClustered() ? List.of("cali+") : List.of(),
        false,
        List.of(),
        isClustered(),
        isClustered() ? 10250 : null,
        this == CONTROL_PLANE
            ? new Door(List.of(6443), networks("203.0.113.0/24", "2001:db8:a::/48"))
            : Door.NONE,
        this == ALONE_WITH_ADMINISTRATORS || this == CONTROL_PLANE
            ? new Door(List.of(22), networks("203.0.113.64/26", "2001:db8:a:66::/64"))
            : Door.NONE,
        networks(
            "192.0.2.1/32",
            "198.18.1.1/32",
            "10.42.0.0/24",
            "2001:db8:1::1/128",
            "2001:db8:2::1/128",
            "fd42::/64"),
        isClustered()
            ? List.of(
                new PodRoute(Cidr.parse("0.0.0.0/0"), "cni0"),
                new PodRoute(Cidr.parse("::/0"), "cni0"))
            : List.of(),
        isClustered()
            ? List.of(
                new PodRoute(Cidr.parse("10.42.7.0/24"), "eth0"),
                new PodRoute(Cidr.parse("fd42:7::/32"), "eth0"))
            : List.of(),
        this == ALONE
            ? List.of()
            : networks(
                Addresses.of(Family.IPV4).nameServer() + "/32",
                Addresses.of(Family.IPV6).nameServer() + "/128"),
        this == WORKER ? new LogTarget.Group(7) : new LogTarget.Kernel(),
        this == CONTROL_PLANE ? Untracking.NEEDED : Untracking.READY);
  }

  List<IpSet> liveSets(Family family) {
    var sets = new HashMap<>(NAMED_BY_RULES);
    if (isClustered()) {
      sets.putAll(OF_THE_CLUSTER);
    }
    return LiveSets.of(facts(), sets, family);
  }

  private static List<Cidr> networks(String... networks) {
    return Arrays.stream(networks).map(Cidr::parse).toList();
  }
}
