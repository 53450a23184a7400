package io.hostfirewall.ruleset.compile;

import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is true of one node: partly told by the cluster, partly seen by the agent.
 *
 * @param uplinks the only interfaces to judge; empty means all but lo and the pods'
 * @param podInterfacePrefixes names of pod interfaces known beforehand, such as {@code cali+}
 * @param bridgeNetfilter whether the kernel shows bridged frames to iptables
 * @param bridges the node's bridges
 * @param clustered whether there is a cluster to trust
 * @param apiServer the API server's, if it runs on this node
 * @param ssh the SSH server's, for administrators
 * @param ownNetworks the node's own addresses and the networks of its own pods
 * @param podInterfaces networks with the interface by which pods of this node send
 * @param routedPods networks of other nodes' pods with the uplink to which this node routes them
 * @param nameServers addresses of the name servers that the node asks
 * @param logTarget where packets that policies want logged are written
 * @param untracking whether SSH of administrators is kept out of the table of connections
 */
public record NodeFacts(
    List<String> uplinks,
    List<String> podInterfacePrefixes,
    boolean bridgeNetfilter,
    List<String> bridges,
    boolean clustered,
    @Nullable Integer kubeletPort,
    Door apiServer,
    Door ssh,
    List<Cidr> ownNetworks,
    List<PodRoute> podInterfaces,
    List<PodRoute> routedPods,
    List<Cidr> nameServers,
    LogTarget logTarget,
    Untracking untracking) {

  /** A network whose packets come in by an interface. */
  public record PodRoute(Cidr network, String device) {}

  /**
   * TCP ports that no policy can close.
   *
   * @param from who may always reach them
   */
  public record Door(List<Integer> ports, List<Cidr> from) {

    public static final Door NONE = new Door(List.of(), List.of());

    private static final List<Cidr> ANYONE = List.of(Cidr.parse("0.0.0.0/0"), Cidr.parse("::/0"));

    public Door {
      ports = ports.stream().sorted().distinct().toList();
      from = List.copyOf(from);
    }

    /** Whether somebody may pass by packets of a family. */
    boolean isOpen(Family family) {
      return !ports.isEmpty() && from.stream().anyMatch(network -> network.family() == family);
    }

    /** Ports that anyone may reach. */
    public static Door open(List<Integer> ports) {
      return new Door(ports, ANYONE);
    }
  }

  public NodeFacts {
    uplinks = sorted(uplinks);
    podInterfacePrefixes = sorted(podInterfacePrefixes);
    bridges = sorted(bridges);
    ownNetworks = List.copyOf(ownNetworks);
    podInterfaces = List.copyOf(podInterfaces);
    routedPods = List.copyOf(routedPods);
    nameServers = List.copyOf(nameServers);
  }

  /** A host that is in no cluster. */
  public static NodeFacts standAlone() {
    return new NodeFacts(
        List.of(),
        List.of(),
        false,
        List.of(),
        false,
        null,
        Door.NONE,
        Door.NONE,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        new LogTarget.Kernel(),
        Untracking.READY);
  }

  /** A node of some cluster, of which nothing else is known. */
  public static NodeFacts ofSomeCluster() {
    return new NodeFacts(
        List.of(),
        List.of(),
        false,
        List.of(),
        true,
        null,
        Door.NONE,
        Door.NONE,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        new LogTarget.Kernel(),
        Untracking.READY);
  }

  private static List<String> sorted(List<String> names) {
    return names.stream().sorted().distinct().toList();
  }
}
