package io.hostfirewall.agent.node;

import io.hostfirewall.ruleset.model.Cidr;
import java.util.List;

/**
 * What a node shows of its network.
 *
 * @param names of all interfaces
 * @param addresses of all interfaces but lo, each as a network of one
 * @param bridges those interfaces that are bridges
 * @param nameServers that this node asks, but for those on itself
 * @param bridgeNetfilter whether the kernel shows bridged frames to iptables
 */
public record Links(
    List<String> names,
    List<Cidr> addresses,
    List<String> bridges,
    List<Route> routes,
    List<Cidr> nameServers,
    boolean bridgeNetfilter) {}
