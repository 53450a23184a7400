package io.hostfirewall.ruleset.compile;

import io.hostfirewall.api.v1alpha1.IcmpSelector;
import io.hostfirewall.api.v1alpha1.IpFamily;
import io.hostfirewall.api.v1alpha1.PolicyRule;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Protocol;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * ICMP types by the names that exist in both families (IANA registries of ICMP and ICMPv6
 * parameters).
 */
public final class IcmpTypes {

  private record Numbers(int ipv4, int ipv6) {}

  private static final Map<String, Numbers> BY_NAME = new LinkedHashMap<>();

  static {
    BY_NAME.put("EchoRequest", new Numbers(8, 128));
    BY_NAME.put("EchoReply", new Numbers(0, 129));
    BY_NAME.put("DestinationUnreachable", new Numbers(3, 1));
    BY_NAME.put("TimeExceeded", new Numbers(11, 3));
    BY_NAME.put("ParameterProblem", new Numbers(12, 4));
    BY_NAME.put("RouterAdvertisement", new Numbers(9, 134));
    BY_NAME.put("RouterSolicitation", new Numbers(10, 133));
    BY_NAME.put("Redirect", new Numbers(5, 137));
  }

  /**
   * Echo, timestamp, information and address mask requests; in IPv6 echo and node information
   * queries.
   */
  private static final Set<Integer> QUERIES_IPV4 = Set.of(8, 13, 15, 17);

  private static final Set<Integer> QUERIES_IPV6 = Set.of(128, 139);

  private IcmpTypes() {}

  public static Set<String> names() {
    return Collections.unmodifiableSet(BY_NAME.keySet());
  }

  /**
   * The number of a type in a family.
   *
   * @throws IllegalArgumentException if it is none of {@link #names}
   */
  public static int number(String name, Family family) {
    var numbers = BY_NAME.get(name);
    if (numbers == null) {
      throw new IllegalArgumentException("no name of an ICMP type: " + name);
    }
    return family == Family.IPV4 ? numbers.ipv4() : numbers.ipv6();
  }

  /** The number of a type in a family; empty if the selector says nothing about the family. */
  public static OptionalInt number(IcmpSelector icmp, Family family) {
    if (icmp.family() != null && (icmp.family() == IpFamily.IPV4) != (family == Family.IPV4)) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(
        BY_NAME.containsKey(icmp.type())
            ? number(icmp.type(), family)
            : Integer.parseInt(icmp.type()));
  }

  /**
   * The types that ask for an answer, among those that a rule is about. Only asking packets are
   * limited one by one: connection tracking counts those with the same identifier as one
   * established flow, and an error about a flow must never be lost.
   */
  static Set<Integer> queries(PolicyRule rule, Family family) {
    var queries = family == Family.IPV4 ? QUERIES_IPV4 : QUERIES_IPV6;
    var protocols = rule.protocols();
    if (protocols != null && protocols.contains(Protocol.icmp(family).number())) {
      return queries;
    }
    return Stream.ofNullable(rule.icmp())
        .flatMap(List::stream)
        .flatMapToInt(selector -> number(selector, family).stream())
        .filter(queries::contains)
        .boxed()
        .collect(Collectors.toUnmodifiableSet());
  }
}
