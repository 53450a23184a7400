package io.hostfirewall.ruleset.space;

import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match.SetKey;
import java.math.BigInteger;

/** Something that rules look at, its values as whole numbers. */
public sealed interface Dimension {

  /** Parts of a packet. */
  enum Header implements Dimension {
    PROTOCOL(8),
    DESTINATION_PORT(16),
    /** Type and code. */
    ICMP(16),
    SOURCE(128),
    DESTINATION(128),
    SOURCE_PORT(16),
    /** The port spoken to before the node translated the address. */
    ORIGINAL_PORT(16),
    /** The address spoken to before the node translated it. */
    ORIGINAL_DESTINATION(128),
    FLAGS(6),
    HOPS(8),
    /** The name, its bytes as digits: what begins alike lies beside each other. */
    IN_INTERFACE(8 * Spaces.NAME_BYTES),
    OUT_INTERFACE(8 * Spaces.NAME_BYTES),
    DESTINATION_TYPE(3),
    STATE(3),
    TRANSLATED(1),
    BRIDGED(1),
    /** Whether it has a header of RFC 4302. */
    AUTHENTICATED(1);

    private final int bits;

    Header(int bits) {
      this.bits = bits;
    }
  }

  /** Whether a live set has the packet. */
  record Membership(String set, SetKey key) implements Dimension {
    public static final Spans MEMBERS = Spans.of(1);
  }

  /** What cannot be told of one match of one rule: 1 if it holds. */
  record Untold(int number) implements Dimension {}

  /** All values there are. */
  default Spans universe(Family family) {
    var bits =
        switch (this) {
          case Header header when header.bits == 128 -> family.addressBits();
          case Header header -> header.bits;
          case Membership _, Untold _ -> 1;
        };
    return Spans.of(BigInteger.ZERO, BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE));
  }
}
