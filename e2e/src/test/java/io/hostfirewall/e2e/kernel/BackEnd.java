package io.hostfirewall.e2e.kernel;

import io.hostfirewall.e2e.lab.Family;
import java.util.Locale;

/** The two kinds of iptables. */
enum BackEnd {
  NFT,
  LEGACY;

  /** As the command line calls it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  BackEnd other() {
    return this == NFT ? LEGACY : NFT;
  }

  /** The program {@code iptables} of a family. */
  String iptables(Family family) {
    return family.pick("iptables-", "ip6tables-") + word();
  }
}
