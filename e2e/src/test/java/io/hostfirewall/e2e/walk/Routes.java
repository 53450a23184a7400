package io.hostfirewall.e2e.walk;

import io.hostfirewall.ruleset.model.Cidr;
import java.util.Comparator;
import java.util.List;

/** By which interface the host that judges reaches whom. */
final class Routes {

  /** A network that it reaches by none. */
  private static final String NOWHERE = "";

  private static final String ITSELF = "lo";

  private static final Cidr OF_THE_LINK = Cidr.parse("fe80::/10");

  private record Route(Cidr network, String device) {
    Route(String network, String device) {
      this(Cidr.parse(network), device);
    }
  }

  private static final List<Route> ALL =
      List.of(
          new Route("0.0.0.0/0", "eth0"),
          new Route("192.0.2.50/32", "eth0"),
          new Route("198.18.1.0/24", "bond1"),
          new Route("10.42.0.0/24", "cni0"),
          new Route("10.42.0.77/32", "cali7"),
          new Route("203.0.113.240/28", NOWHERE),
          new Route("127.0.0.0/8", ITSELF),
          new Route("192.0.2.1/32", ITSELF),
          new Route("198.18.1.1/32", ITSELF),
          new Route("::/0", "eth0"),
          new Route("2001:db8:2::/64", "bond1"),
          new Route("fd42::/64", "cni0"),
          new Route("fd42::4d/128", "cali7"),
          new Route("2001:db8:a:240::/64", NOWHERE),
          new Route("2001:db8:1::1/128", ITSELF),
          new Route("2001:db8:2::1/128", ITSELF));

  private Routes() {}

  /** Makes those that addresses do not bring, behind a gateway that is there on every link. */
  static String[] commands() {
    return ALL.stream()
        .filter(route -> !route.device().equals(ITSELF))
        .map(
            route ->
                switch (route.device()) {
                  case NOWHERE -> "route add unreachable " + route.network();
                  default ->
                      "route replace %s via %s dev %s onlink"
                          .formatted(
                              route.network(),
                              Addresses.of(route.network().family()).gateway(),
                              route.device());
                })
        .toArray(String[]::new);
  }

  /** The interface by which the host sends to an address. */
  static String device(String destination) {
    return device(Cidr.parse(destination));
  }

  static boolean isOfTheLink(String address) {
    return OF_THE_LINK.contains(Cidr.parse(address));
  }

  private static String device(Cidr address) {
    return ALL.stream()
        .filter(route -> route.network().contains(address))
        .max(Comparator.comparingInt(route -> route.network().length()))
        .orElseThrow()
        .device();
  }

  /**
   * Whether the host reaches the source of a packet by the interface by which that came, or loosely
   * by any; its own addresses are reached by none (ipt_rpfilter.c, ip6t_rpfilter.c).
   */
  static boolean isReached(Cidr source, String in, boolean loosely) {
    if (OF_THE_LINK.contains(source)) {
      return true;
    }
    return switch (device(source)) {
      case NOWHERE, ITSELF -> false;
      case String device -> loosely || device.equals(in);
    };
  }
}
