package io.hostfirewall.agent.node;

import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads /proc/net/route and /proc/net/ipv6_route. A number in them that is none is an {@link
 * IllegalArgumentException}: a node that does not know its routes loads nothing.
 */
final class RouteTables {

  /** RTF_REJECT of linux/route.h: packets go nowhere. */
  private static final long REJECT = 0x0200;

  /** RTF_LOCAL of linux/ipv6_route.h: packets go to this node. */
  private static final long LOCAL = 0x80000000L;

  private RouteTables() {}

  /** Addresses stand there as the machine keeps a 32-bit number in memory (net/ipv4/fib_trie.c). */
  static List<Route> ipv4(String table) {
    return ipv4(table, ByteOrder.nativeOrder());
  }

  static List<Route> ipv4(String table, ByteOrder memory) {
    var routes = new ArrayList<Route>();
    for (var line : table.lines().skip(1).toList()) {
      var fields = line.strip().split("\\s+", -1);
      if (fields.length < 8 || (Long.parseLong(fields[3], 16) & REJECT) != 0) {
        continue;
      }
      var address = number(fields[1], memory);
      var length = Long.bitCount(number(fields[7], memory));
      routes.add(new Route(new Cidr(Family.IPV4, BigInteger.valueOf(address), length), fields[0]));
    }
    return routes;
  }

  private static long number(String hex, ByteOrder memory) {
    var bytes = ByteBuffer.allocate(Integer.BYTES).order(memory);
    bytes.putInt((int) Long.parseLong(hex, 16));
    return Integer.toUnsignedLong(bytes.order(ByteOrder.BIG_ENDIAN).getInt(0));
  }

  /** Addresses stand there in network order (net/ipv6/route.c). */
  static List<Route> ipv6(String table) {
    var routes = new ArrayList<Route>();
    for (var line : table.lines().toList()) {
      var fields = line.strip().split("\\s+", -1);
      if (fields.length < 10
          || fields[9].equals("lo")
          || (Long.parseLong(fields[8], 16) & (REJECT | LOCAL)) != 0) {
        continue;
      }
      var network =
          new Cidr(Family.IPV6, new BigInteger(fields[0], 16), Integer.parseInt(fields[1], 16));
      routes.add(new Route(network, fields[9]));
    }
    return routes;
  }
}
