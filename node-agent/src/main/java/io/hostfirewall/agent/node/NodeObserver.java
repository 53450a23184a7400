package io.hostfirewall.agent.node;

import io.hostfirewall.api.v1alpha1.NodeDescription;
import io.hostfirewall.ruleset.compile.LogTarget;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.compile.NodeFacts.Door;
import io.hostfirewall.ruleset.compile.NodeFacts.PodRoute;
import io.hostfirewall.ruleset.compile.Untracking;
import io.hostfirewall.ruleset.model.Cidr;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Says what is true of this node: what the cluster told, and what the agent sees itself.
 *
 * @param uplinks the only interfaces to judge; empty means all but lo and the pods'
 * @param podInterfaces names of pod interfaces that an administrator added
 * @param apiServerFrom who may always reach the API server if it runs here; empty means anyone
 * @param adminNetworks who may always reach this node's SSH server; empty means nobody
 * @param sshPorts where that listens
 * @param logTarget where packets that policies want logged are written
 */
public record NodeObserver(
    List<String> uplinks,
    List<String> podInterfaces,
    List<Cidr> apiServerFrom,
    List<Cidr> adminNetworks,
    Supplier<List<Integer>> sshPorts,
    LogTarget logTarget) {

  /** How Calico and Cilium name the interface of each pod. */
  private static final List<String> KNOWN_POD_INTERFACES = List.of("cali+", "lxc+");

  private static final LinkReader THIS_HOST = new LinkReader();

  private static final Links NO_LINKS =
      new Links(List.of(), List.of(), List.of(), List.of(), List.of(), false);

  public NodeObserver {
    uplinks = List.copyOf(uplinks);
    podInterfaces = List.copyOf(podInterfaces);
    apiServerFrom = List.copyOf(apiServerFrom);
    adminNetworks = List.copyOf(adminNetworks);
  }

  private Door apiServer(NodeDescription node) {
    return apiServerFrom.isEmpty()
        ? Door.open(node.apiServerPorts())
        : new Door(node.apiServerPorts(), apiServerFrom);
  }

  /**
   * What a look at this host showed.
   *
   * @param links the same object as before if nothing of them changed
   * @param sshPorts none if nobody needs to know
   */
  public record Sight(Links links, List<Integer> sshPorts) {}

  /** Looks at this host. */
  public Sight look() {
    return new Sight(links(), adminNetworks.isEmpty() ? List.of() : sshPorts.get());
  }

  private Door ssh(Sight seen) {
    return adminNetworks.isEmpty() ? Door.NONE : new Door(seen.sshPorts(), adminNetworks);
  }

  /** The interface by which this host sends to an address, and expects packets from it. */
  public static String interfaceTowards(Cidr address) {
    return links().routes().stream()
        .filter(route -> route.network().contains(address))
        .max(Comparator.comparingInt(route -> route.network().length()))
        .map(Route::device)
        .orElse("");
  }

  /** The addresses of this host by which others find it. */
  public static List<Cidr> addressesOfThisHost() {
    return links().addresses();
  }

  /** A host that is in no cluster and that was not looked at. */
  public static NodeFacts unseen(List<String> uplinks) {
    return unseen(uplinks, new LogTarget.Kernel());
  }

  /** The same, where packets are logged elsewhere than by the kernel. */
  public static NodeFacts unseen(List<String> uplinks, LogTarget logTarget) {
    return standAlone(
        new NodeObserver(uplinks, List.of(), List.of(), List.of(), List::of, logTarget),
        new Sight(NO_LINKS, List.of()));
  }

  /** The node of a cluster of which nothing is known. */
  public static NodeFacts unseenInCluster(List<String> uplinks, LogTarget logTarget) {
    return new NodeObserver(uplinks, List.of(), List.of(), List.of(), List::of, logTarget)
        .inCluster(
            new Sight(NO_LINKS, List.of()),
            new NodeDescription(List.of(), List.of(), null, List.of(), false),
            List.of(),
            Untracking.READY);
  }

  /** A host that is in no cluster. */
  public NodeFacts standAlone() {
    return standAlone(this, look());
  }

  /**
   * A node of a cluster that was not looked at, either.
   *
   * @param podInterfaces names of pod interfaces that an administrator added
   * @param pods networks of all pods of the cluster
   * @param routes by which interfaces it reaches pods
   */
  public static NodeFacts unseen(
      List<String> uplinks,
      List<String> podInterfaces,
      NodeDescription node,
      List<Cidr> pods,
      List<PodRoute> routes) {
    var observer =
        new NodeObserver(
            uplinks, podInterfaces, List.of(), List.of(), List::of, new LogTarget.Kernel());
    var links =
        new Links(
            List.of(),
            List.of(),
            List.of(),
            routes.stream().map(route -> new Route(route.network(), route.device())).toList(),
            List.of(),
            false);
    return observer.inCluster(new Sight(links, List.of()), node, pods, Untracking.READY);
  }

  private static NodeFacts standAlone(NodeObserver observer, Sight seen) {
    var links = seen.links();
    return new NodeFacts(
        observer.uplinks,
        observer.podInterfaces,
        links.bridgeNetfilter(),
        links.bridges(),
        false,
        null,
        Door.NONE,
        observer.ssh(seen),
        links.addresses(),
        List.of(),
        List.of(),
        links.nameServers(),
        observer.logTarget,
        Untracking.IMPOSSIBLE);
  }

  /**
   * A node of a cluster.
   *
   * @param seen of this host
   * @param pods networks of all pods of the cluster
   * @param untracking whether SSH of administrators is kept out of the table of connections
   */
  public NodeFacts inCluster(
      Sight seen, NodeDescription node, List<Cidr> pods, Untracking untracking) {
    var links = seen.links();
    var ownPods = node.podCIDRs().stream().map(Cidr::parse).toList();
    var told = node.addresses().stream().flatMap(NodeObserver::address);
    var own = new ArrayList<>(links.addresses());
    told.forEach(own::add);
    own.addAll(ownPods);
    var prefixes = new ArrayList<>(KNOWN_POD_INTERFACES);
    prefixes.addAll(podInterfaces);
    return new NodeFacts(
        uplinks,
        prefixes,
        links.bridgeNetfilter(),
        links.bridges(),
        true,
        node.kubeletPort(),
        apiServer(node),
        ssh(seen),
        own,
        PodNetworks.podInterfaces(links, ownPods),
        PodNetworks.routedPods(links, pods, ownPods),
        links.nameServers(),
        logTarget,
        untracking);
  }

  /** A node's address may be a name. */
  private static Stream<Cidr> address(String text) {
    try {
      return Stream.of(Cidr.parse(text));
    } catch (IllegalArgumentException e) {
      return Stream.of();
    }
  }

  private static Links links() {
    try {
      return THIS_HOST.read();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the network of this host", e);
    }
  }
}
