package io.hostfirewall.e2e.lab;

import java.net.InetAddress;

/**
 * A host with an uplink and a pod, and everything outside.
 *
 * <pre>
 * outside eth0 ------ eth0 host cni0 ------ eth0 pod
 * 192.0.2.254         192.0.2.1  10.42.0.1  10.42.0.2
 * 2001:db8:1::fe      2001:db8:1::1  fd42::1    fd42::2
 * </pre>
 *
 * The host sends all that is not its own to the outside, so that answers to any source come back to
 * where it was forged. The addresses 198.51.100.7 and 2001:db8:7::7 are real ones of the outside:
 * its kernel answers for them.
 */
public final class Topology implements AutoCloseable {

  private static final byte[] HOST_MAC = {2, 0, 0, 0, 0, 1};
  private static final byte[] BRIDGE_MAC = {2, 0, 0, 0, 0, 2};

  private final NetNamespace host = NetNamespace.create("host");
  private final NetNamespace outside = NetNamespace.create("outside");
  private final NetNamespace pod = NetNamespace.create("pod");
  private final Wire wire;
  private final Tap hostTap;
  private final Tap podTap;

  /** Makes it; all addresses can be used at once. */
  public Topology() {
    for (var namespace : new NetNamespace[] {host, outside, pod}) {
      namespace.sysctl(
          "ipv6.conf.all.accept_dad=0",
          "ipv6.conf.default.accept_dad=0",
          "ipv6.conf.default.router_solicitations=0",
          // Only rules drop spoofed sources here, so that a control sees them pass.
          "ipv4.conf.all.rp_filter=0",
          "ipv4.conf.default.rp_filter=0");
    }
    host.sysctl(
        "ipv4.ip_forward=1",
        "ipv6.conf.all.forwarding=1",
        // Half-open connections answer once, so that answers can be counted.
        "ipv4.tcp_synack_retries=0",
        // No limit on ICMP errors, or a control that must see a rejection sees some of them.
        "ipv4.icmp_ratemask=0",
        "ipv6.icmp.ratelimit=0");
    pod.sysctl("ipv4.tcp_synack_retries=0");
    host.ip(
        // Ends with different numbers: the kernel then does not wait up to a second before it uses
        // them (link_watch.c).
        "link add eth0 index 10 address 02:00:00:00:00:01 type veth"
            + " peer name eth0 index 11 address 02:00:00:00:00:fe netns "
            + outside.name(),
        "addr add 192.0.2.1/24 dev eth0",
        "addr add 2001:db8:1::1/64 dev eth0 nodad",
        "link set eth0 up",
        // A bridge that snoops joins the group of all snoopers, and reports that by IGMP when it
        // likes: a packet of the host's own that nobody sent.
        "link add cni0 index 20 address 02:00:00:00:00:02 type bridge mcast_snooping 0",
        "addr add 10.42.0.1/24 dev cni0",
        "addr add fd42::1/64 dev cni0 nodad",
        "link set cni0 up",
        "link add veth0 index 21 type veth peer name eth0 index 22 netns " + pod.name(),
        "link set veth0 master cni0 up",
        "link set veth0 type bridge_slave hairpin on");
    outside.ip(
        "addr add 192.0.2.254/24 dev eth0",
        "addr add 198.51.100.7/32 dev eth0",
        "addr add 2001:db8:1::fe/64 dev eth0 nodad",
        "addr add 2001:db8:7::7/128 dev eth0 nodad",
        "link set eth0 up",
        "route add 10.42.0.0/24 via 192.0.2.1",
        "route add fd42::/64 via 2001:db8:1::1",
        "neigh replace 192.0.2.1 lladdr 02:00:00:00:00:01 dev eth0 nud permanent",
        "neigh replace 2001:db8:1::1 lladdr 02:00:00:00:00:01 dev eth0 nud permanent");
    host.ip(
        "route add default via 192.0.2.254",
        "route add ::/0 via 2001:db8:1::fe",
        "neigh replace 192.0.2.254 lladdr 02:00:00:00:00:fe dev eth0 nud permanent",
        "neigh replace 2001:db8:1::fe lladdr 02:00:00:00:00:fe dev eth0 nud permanent");
    pod.ip(
        "addr add 10.42.0.2/24 dev eth0",
        "addr add fd42::2/64 dev eth0 nodad",
        "link set eth0 up",
        "route add default via 10.42.0.1",
        "route add ::/0 via fd42::1");
    wire = outside.call(() -> open("192.0.2.1", HOST_MAC));
    pod.call(
        () -> {
          open("10.42.0.1", BRIDGE_MAC).close();
          return null;
        });
    hostTap = host.call(Tap::new);
    podTap = pod.call(Tap::new);
  }

  private static Wire open(String neighbour, byte[] mac) {
    var wire = new Wire("eth0", mac, InetAddress.ofLiteral(neighbour).getAddress());
    wire.awaitHost();
    return wire;
  }

  /** Another wire of the outside, for a thread of its own there. */
  public Wire openWire() {
    return open("192.0.2.1", HOST_MAC);
  }

  public NetNamespace host() {
    return host;
  }

  public NetNamespace outside() {
    return outside;
  }

  public NetNamespace pod() {
    return pod;
  }

  /** The outside's end of the uplink; to be used on the outside's thread. */
  public Wire wire() {
    return wire;
  }

  /** What the host receives for itself; to be used on the host's thread. */
  public Tap hostTap() {
    return hostTap;
  }

  /** What the pod receives; to be used on the pod's thread. */
  public Tap podTap() {
    return podTap;
  }

  @Override
  public void close() {
    outside.call(
        () -> {
          wire.close();
          return null;
        });
    hostTap.close();
    podTap.close();
    pod.close();
    outside.close();
    host.close();
  }
}
