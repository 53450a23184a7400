package io.hostfirewall.ruleset.compile;

import io.hostfirewall.ruleset.model.ContentHash;
import io.hostfirewall.ruleset.model.Family;
import java.util.List;

/** Names of our sets in the kernel, at most 31 characters each (ip_set.h, IPSET_MAXNAMELEN). */
public final class SetNames {

  /** The operator's address sets, which every clustered node trusts. */
  public static final String CLUSTER_NODES = "cluster-nodes";

  public static final String CLUSTER_PODS = "cluster-pods";
  public static final String CLUSTER_API_SERVERS = "cluster-apiservers";

  /** Nodes of the control plane, among which etcd is. */
  public static final String CLUSTER_CONTROL_PLANE = "cluster-control-plane";

  /** The sets that every cluster has. */
  public static final List<String> OF_THE_CLUSTER =
      List.of(CLUSTER_NODES, CLUSTER_PODS, CLUSTER_API_SERVERS, CLUSTER_CONTROL_PLANE);

  private SetNames() {}

  /** The set of an address set object. It lives: its entries change without a rule. */
  public static String addressSet(Family family, String name) {
    return addressSetPrefix(family) + ContentHash.shortOf(name);
  }

  /** How the names of all address sets begin. */
  public static String addressSetPrefix(Family family) {
    return family.setPrefix() + "a-";
  }

  /** Where a set is filled that takes the place of another one. */
  public static String spare(String name) {
    var prefix = name.startsWith(Family.IPV4.setPrefix()) ? Family.IPV4 : Family.IPV6;
    return prefix.setPrefix() + "s-" + ContentHash.shortOf(name);
  }

  /** The set of networks that stand in a rule itself, named by its content. */
  static String ruleSet(Family family, List<String> entries) {
    return ruleSetPrefix(family) + ContentHash.shortOf(String.join("\n", entries));
  }

  /** How the names of sets begin that belong to a generation and are destroyed with it. */
  public static String ruleSetPrefix(Family family) {
    return family.setPrefix() + "r-";
  }

  /** Interfaces by which this node's own pods send. */
  public static String podInterfaces(Family family) {
    return family.setPrefix() + "l-podif";
  }

  /** Networks of other nodes' pods, by the uplink to which this node routes them. */
  public static String routedPods(Family family) {
    return family.setPrefix() + "l-podnet";
  }

  /** The node's own addresses and pod networks: nobody else may send from them. */
  public static String ownNetworks(Family family) {
    return family.setPrefix() + "l-own";
  }

  /** Administrators whose SSH connections the kernel does not track now. */
  public static String untracked(Family family) {
    return family.setPrefix() + "l-untracked";
  }

  /** The guard of a trial: not empty while a new generation is tried. */
  public static String trial(Family family) {
    return family.setPrefix() + "trial";
  }

  /** The lease of a trial: gone two seconds before the trial is. */
  public static String lease() {
    return Family.IPV4.setPrefix() + "lease";
  }
}
