package io.hostfirewall.ruleset;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.compile.Compiler;
import io.hostfirewall.ruleset.compile.LogTarget;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.compile.NodeFacts.Door;
import io.hostfirewall.ruleset.compile.NodeFacts.PodRoute;
import io.hostfirewall.ruleset.compile.Untracking;
import io.hostfirewall.ruleset.merge.PolicyMerge;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.RuleSet;
import java.util.List;

/** Policies for tests, as users write them. */
public final class Policies {

  public static final String WEB_SERVER =
      """
      nodeSelector: {}
      ingress:
      - name: ssh
        action: Accept
        ports: [{protocol: TCP, port: 40230}]
        rateLimit: {limit: 1, unit: Minute, burst: 1}
      - name: ping
        action: Accept
        icmp: [{type: EchoRequest}]
        rateLimit: {limit: 1, unit: Minute, burst: 10}
      - name: web
        action: Accept
        ports: [{protocol: TCP, port: 80}, {protocol: TCP, port: 443}]
        rateLimit: {limit: 60, unit: Minute, burst: 500}
      """;

  private Policies() {}

  public static HostFirewallPolicySpec spec(String yaml) {
    return Serialization.unmarshal(yaml, HostFirewallPolicySpec.class);
  }

  public static RevisionPolicy policy(String name, String yaml) {
    return new RevisionPolicy(name, "uid-" + name, 1L, spec(yaml));
  }

  public static RuleSet compile(Family family, NodeFacts facts, String yaml) {
    return Compiler.compile(PolicyMerge.merge(List.of(policy("web-server", yaml))), facts, family);
  }

  /** A worker of a cluster whose other nodes' pods are routed over its uplink. */
  public static NodeFacts worker() {
    return new NodeFacts(
        List.of(),
        List.of("cali+"),
        true,
        List.of("br0"),
        true,
        10250,
        Door.NONE,
        Door.NONE,
        List.of(Cidr.parse("10.99.0.11/32"), Cidr.parse("10.42.11.0/24")),
        List.of(new PodRoute(Cidr.parse("0.0.0.0/0"), "cni0")),
        List.of(new PodRoute(Cidr.parse("10.42.12.0/24"), "eth0")),
        List.of(Cidr.parse("192.0.2.53"), Cidr.parse("2001:db8::53")),
        new LogTarget.Group(7),
        Untracking.READY);
  }

  /** The same worker with administrators, whose table of connections may be full. */
  public static NodeFacts administered(Untracking untracking) {
    var worker = worker();
    return new NodeFacts(
        worker.uplinks(),
        worker.podInterfacePrefixes(),
        worker.bridgeNetfilter(),
        worker.bridges(),
        true,
        worker.kubeletPort(),
        Door.NONE,
        new Door(List.of(22), List.of(Cidr.parse("203.0.113.0/24"))),
        worker.ownNetworks(),
        worker.podInterfaces(),
        worker.routedPods(),
        worker.nameServers(),
        worker.logTarget(),
        untracking);
  }

  /** A host without a cluster whose administrators may always come in. */
  public static NodeFacts standAlone(Door ssh) {
    return new NodeFacts(
        List.of(),
        List.of(),
        false,
        List.of(),
        false,
        null,
        Door.NONE,
        ssh,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        new LogTarget.Kernel(),
        Untracking.READY);
  }

  /** A control-plane node that lets only some reach its API server. */
  public static NodeFacts controlPlane() {
    return new NodeFacts(
        List.of("eth0", "eth1"),
        List.of(),
        false,
        List.of(),
        true,
        10250,
        new Door(List.of(6443), List.of(Cidr.parse("192.0.2.0/24"), Cidr.parse("2001:db8::/32"))),
        Door.NONE,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        new LogTarget.Kernel(),
        Untracking.READY);
  }
}
