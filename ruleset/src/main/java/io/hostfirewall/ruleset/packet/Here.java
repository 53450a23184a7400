package io.hostfirewall.ruleset.packet;

import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;

/** What stands for this node where a packet leaves it out. */
public interface Here {

  /** One of its addresses. */
  Cidr address(Family family);

  /** The interface by which it sends to an address, and expects packets from it. */
  String interfaceTowards(Cidr address);

  /**
   * A node that nobody looked at: an address of TEST-NET-1 (RFC 5737) or 2001:db8::/32 (RFC 3849).
   */
  static Here unseen(String uplink) {
    return new Here() {
      @Override
      public Cidr address(Family family) {
        return Cidr.parse(family == Family.IPV4 ? "192.0.2.1" : "2001:db8::1");
      }

      @Override
      public String interfaceTowards(Cidr address) {
        return uplink;
      }
    };
  }
}
