package io.hostfirewall.e2e.walk;

import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.PortRange;
import java.util.ArrayList;
import java.util.List;

/** Ports of its own, and of a service, that the host that judges translates, as for NodePorts. */
final class Translations {

  private Translations() {}

  /** Rules of nft. They also keep connection tracking at work when no other rule asks for it. */
  static String text() {
    var text = new StringBuilder();
    for (var family : Family.values()) {
      var addresses = Addresses.of(family);
      var ip = family == Family.IPV4 ? "ip" : "ip6";
      var rules = new ArrayList<String>();
      var sent = new ArrayList<String>();
      for (var protocol : List.of("tcp", "udp", "sctp")) {
        var to =
            "    %s daddr { %s, %s } %s dport %%s dnat to %%s"
                .formatted(ip, addresses.host(), addresses.second(), protocol);
        rules.add(to.formatted(range(Arrival.TO_POD), socket(addresses.pod(), Arrival.POD_PORT)));
        rules.add(
            to.formatted(range(Arrival.TO_HOST), socket(addresses.host(), Arrival.HOST_PORT)));
        var service =
            "    %s daddr %s %s dport %%s dnat to %%s".formatted(ip, addresses.service(), protocol);
        sent.add(
            service.formatted(range(Arrival.TO_POD), socket(addresses.pod(), Arrival.POD_PORT)));
        sent.add(
            service.formatted(
                range(Arrival.TO_HOST), socket(addresses.outside(), Arrival.HOST_PORT)));
      }
      text.append(
          """
          table %s nodeports {
            chain before {
              type nat hook prerouting priority dstnat
          %s
            }
            chain sent {
              type nat hook output priority -100
          %s
            }
          }
          """
              .formatted(ip, String.join("\n", rules), String.join("\n", sent)));
    }
    // The host's own resets would end the conversations.
    return text.append(
            """
            table inet resets {
              chain out {
                type filter hook output priority raw
                meta mark != 1 tcp flags & rst == rst notrack
              }
            }
            """)
        .toString();
  }

  static String range(PortRange range) {
    return range.first() + "-" + range.last();
  }

  private static String socket(String address, int port) {
    return address.contains(":") ? "[%s]:%d".formatted(address, port) : address + ":" + port;
  }
}
