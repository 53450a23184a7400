package io.hostfirewall.ruleset.importing;

import io.hostfirewall.ruleset.check.Spelling;
import io.hostfirewall.ruleset.model.Family;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** ICMP types by the names of iptables (libipt_icmp.c, libip6t_icmp6.c). */
final class IcmpNames {

  private static final String IPV4 =
      """
      echo-reply 0 pong 0 destination-unreachable 3 network-unreachable 3 host-unreachable 3
      protocol-unreachable 3 port-unreachable 3 fragmentation-needed 3 source-route-failed 3
      network-unknown 3 host-unknown 3 network-prohibited 3 host-prohibited 3
      TOS-network-unreachable 3 TOS-host-unreachable 3 communication-prohibited 3
      host-precedence-violation 3 precedence-cutoff 3 source-quench 4 redirect 5 network-redirect 5
      host-redirect 5 TOS-network-redirect 5 TOS-host-redirect 5 echo-request 8 ping 8
      router-advertisement 9 router-solicitation 10 time-exceeded 11 ttl-exceeded 11
      ttl-zero-during-transit 11 ttl-zero-during-reassembly 11 parameter-problem 12 ip-header-bad 12
      required-option-missing 12 timestamp-request 13 timestamp-reply 14 address-mask-request 17
      address-mask-reply 18
      """;

  private static final String IPV6 =
      """
      destination-unreachable 1 no-route 1 communication-prohibited 1 beyond-scope 1
      address-unreachable 1 port-unreachable 1 failed-policy 1 reject-route 1 packet-too-big 2
      time-exceeded 3 ttl-exceeded 3 ttl-zero-during-transit 3 ttl-zero-during-reassembly 3
      parameter-problem 4 bad-header 4 unknown-header-type 4 unknown-option 4 echo-request 128
      ping 128 echo-reply 129 pong 129 mld-listener-query 130 mld-listener-report 131
      mld-listener-done 132 mld-listener-reduction 132 router-solicitation 133
      router-advertisement 134 neighbour-solicitation 135 neighbor-solicitation 135
      neighbour-advertisement 136 neighbor-advertisement 136 redirect 137
      """;

  private static final Map<String, Integer> TYPES_IPV4 = table(IPV4);
  private static final Map<String, Integer> TYPES_IPV6 = table(IPV6);

  /**
   * What can be new to connection tracking (nf_conntrack_proto_icmp.c, nf_conntrack_proto_icmpv6.c,
   * valid_new): every other packet of ICMP belongs to a connection, is neighbour or listener
   * discovery, which is not tracked, or is invalid.
   */
  private static final Set<Integer> QUESTIONS_IPV4 = Set.of(8, 13, 15, 17);

  private static final Set<Integer> QUESTIONS_IPV6 = Set.of(128, 139);

  private IcmpNames() {}

  private static Map<String, Integer> table(String names) {
    var types = new HashMap<String, Integer>();
    var words = names.strip().split("\\s+", -1);
    for (var i = 0; i < words.length; i += 2) {
      types.put(words[i].toLowerCase(Locale.ROOT), Integer.valueOf(words[i + 1]));
    }
    return types;
  }

  /** In any case, and cut short as long as it means one type only, as iptables takes it. */
  static Optional<Integer> type(String name, Family family) {
    var lower = name.toLowerCase(Locale.ROOT);
    var exact = types(family).get(lower);
    if (exact != null || lower.isEmpty()) {
      return Optional.ofNullable(exact);
    }
    var meant =
        types(family).entrySet().stream().filter(type -> type.getKey().startsWith(lower)).toList();
    return meant.size() == 1 ? Optional.of(meant.getFirst().getValue()) : Optional.empty();
  }

  static String hint(String name, Family family) {
    return Spelling.hint(name, types(family).keySet());
  }

  static Set<Integer> questions(Family family) {
    return family == Family.IPV4 ? QUESTIONS_IPV4 : QUESTIONS_IPV6;
  }

  private static Map<String, Integer> types(Family family) {
    return family == Family.IPV4 ? TYPES_IPV4 : TYPES_IPV6;
  }
}
