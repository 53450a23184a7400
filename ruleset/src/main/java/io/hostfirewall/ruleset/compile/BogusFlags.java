package io.hostfirewall.ruleset.compile;

import static io.hostfirewall.ruleset.model.TcpFlag.ACK;
import static io.hostfirewall.ruleset.model.TcpFlag.FIN;
import static io.hostfirewall.ruleset.model.TcpFlag.PSH;
import static io.hostfirewall.ruleset.model.TcpFlag.RST;
import static io.hostfirewall.ruleset.model.TcpFlag.SYN;
import static io.hostfirewall.ruleset.model.TcpFlag.URG;

import io.hostfirewall.ruleset.model.Match.TcpFlags;
import io.hostfirewall.ruleset.model.TcpFlag;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Scans named after nmap, and combinations that RFC 9293 gives no meaning. */
public final class BogusFlags {

  static final List<TcpFlags> ALL =
      List.of(
          bogus(Set.of(FIN, SYN, RST, PSH, ACK, URG), Set.of()),
          bogus(Set.of(FIN, SYN), Set.of(FIN, SYN)),
          bogus(Set.of(SYN, RST), Set.of(SYN, RST)),
          bogus(Set.of(FIN, RST), Set.of(FIN, RST)),
          bogus(Set.of(FIN, ACK), Set.of(FIN)),
          bogus(Set.of(PSH, ACK), Set.of(PSH)),
          bogus(Set.of(ACK, URG), Set.of(URG)));

  private BogusFlags() {}

  private static TcpFlags bogus(Set<TcpFlag> mask, Set<TcpFlag> set) {
    return new TcpFlags(mask, set, false);
  }

  /**
   * Whether the protection drops every packet that has exactly some of the flags that are looked
   * at.
   */
  public static boolean cover(Set<TcpFlag> looked, Set<TcpFlag> wanted) {
    return ALL.stream()
        .filter(bogus -> looked.containsAll(bogus.mask()))
        .anyMatch(bogus -> both(bogus.mask(), wanted).equals(bogus.set()));
  }

  private static Set<TcpFlag> both(Set<TcpFlag> some, Set<TcpFlag> others) {
    var both = EnumSet.copyOf(some);
    both.retainAll(others);
    return both;
  }
}
