package io.hostfirewall.e2e.walk;

import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match.AddressType;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;

/**
 * Who is who around the host that judges, in one family.
 *
 * @param host its address on eth0
 * @param second its address on bond1
 * @param pod an address that it routes to cni0
 * @param peer with whom it has spoken before the rules came
 * @param gateway who is there on every link of it
 * @param service an address of nobody, which it translates when it sends to it
 * @param nameServer whom it asks for names
 * @param outside somebody who has nothing to do with it
 * @param local other addresses that are delivered to it, by what they are
 * @param elsewhere addresses that it routes on
 * @param sources those who send, some of whom a site trusts
 * @param forged sources that nobody outside may have
 * @param senders its own addresses from which it sends
 */
record Addresses(
    String host,
    String second,
    String pod,
    String peer,
    String gateway,
    String service,
    String nameServer,
    String outside,
    List<String> local,
    List<String> elsewhere,
    List<String> sources,
    List<String> forged,
    List<String> senders) {

  private static final Addresses IPV4 =
      new Addresses(
          "192.0.2.1",
          "198.18.1.1",
          "10.42.0.2",
          "203.0.113.200",
          "192.0.2.254",
          "10.96.0.10",
          "198.51.100.53",
          "198.51.100.200",
          List.of("127.0.0.1", "224.0.0.1", "192.0.2.255"),
          List.of("10.42.0.2", "198.51.100.200"),
          List.of(
              "203.0.113.7",
              "203.0.113.66",
              "198.51.100.8",
              "203.0.113.99",
              "203.0.113.98",
              "203.0.113.97",
              "10.42.7.7",
              "192.0.2.50",
              "198.18.1.9",
              "203.0.113.241"),
          List.of("127.0.0.5", "192.0.2.1", "10.42.0.9", "10.42.0.77"),
          List.of("192.0.2.1", "198.18.1.1"));

  /** The kernel itself drops ::1 that comes by a wire (ip6_input.c). */
  private static final Addresses IPV6 =
      new Addresses(
          "2001:db8:1::1",
          "2001:db8:2::1",
          "fd42::2",
          "2001:db8:a:200::1",
          "fe80::fe",
          "fd96::a",
          "2001:db8:b::53",
          "2001:db8:f::200",
          List.of("ff02::1"),
          List.of("fd42::2", "2001:db8:f::200"),
          List.of(
              "2001:db8:a:7::1",
              "2001:db8:a:66::1",
              "2001:db8:a:66::2",
              "2001:db8:b::8",
              "2001:db8:a:99::1",
              "2001:db8:a:98::1",
              "2001:db8:a:97::1",
              "fd42:7::7",
              "fe80::50",
              "2001:db8:2::9",
              "2001:db8:a:240::1"),
          List.of("2001:db8:1::1", "fd42::9", "fd42::4d"),
          List.of("2001:db8:1::1", "2001:db8:2::1", "::"));

  static Addresses of(Family family) {
    return family == Family.IPV4 ? IPV4 : IPV6;
  }

  static Family family(String address) {
    return InetAddress.ofLiteral(address) instanceof Inet6Address ? Family.IPV6 : Family.IPV4;
  }

  /** What a destination is to the host. */
  AddressType type(String destination) {
    return switch (destination) {
      case "224.0.0.1", "ff02::1" -> AddressType.MULTICAST;
      case "192.0.2.255" -> AddressType.BROADCAST;
      case "127.0.0.1" -> AddressType.LOCAL;
      default -> isOwn(destination) ? AddressType.LOCAL : AddressType.UNICAST;
    };
  }

  boolean isOwn(String destination) {
    return destination.equals(host) || destination.equals(second);
  }
}
