package io.hostfirewall.ruleset.model;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A network: the addresses that share the first {@code length} bits with {@code address}.
 *
 * @param address the first address of the network, host bits zero
 */
public record Cidr(Family family, BigInteger address, int length) implements Comparable<Cidr> {

  private static final Pattern IPV4 = Pattern.compile("(0|[1-9]\\d{0,2})(\\.(0|[1-9]\\d{0,2})){3}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:]*:[0-9a-fA-F:.]*");
  private static final Comparator<Cidr> ORDER =
      Comparator.comparing(Cidr::family)
          .thenComparing(Cidr::address)
          .thenComparingInt(Cidr::length);

  public Cidr {
    if (length < 0 || length > family.addressBits()) {
      throw new IllegalArgumentException(
          "prefix length " + length + " is outside 0.." + family.addressBits());
    }
    if (address.signum() < 0 || address.bitLength() > family.addressBits()) {
      throw new IllegalArgumentException("address is outside its family");
    }
    if (!hostBits(family, address, length).equals(BigInteger.ZERO)) {
      throw new IllegalArgumentException("network has host bits");
    }
  }

  /**
   * Reads {@code 10.0.0.0/8} or {@code fd00::/8}; a bare address is the network of that one
   * address.
   *
   * @throws IllegalArgumentException with one sentence that says what is wrong and what to write
   *     instead
   */
  public static Cidr parse(String text) {
    var slash = text.indexOf('/');
    var host = slash < 0 ? text : text.substring(0, slash);
    var address = parseAddress(text, host);
    var family = address.length == 4 ? Family.IPV4 : Family.IPV6;
    var length = slash < 0 ? family.addressBits() : parseLength(text, family, slash);
    var number = new BigInteger(1, address);
    var hostBits = hostBits(family, number, length);
    if (hostBits.signum() != 0) {
      var network = new Cidr(family, number.subtract(hostBits), length);
      var single = new Cidr(family, number, family.addressBits());
      throw new IllegalArgumentException(
          "\"%s\" has host bits. Write \"%s\", or \"%s\" for the one address."
              .formatted(text, network, single));
    }
    return new Cidr(family, number, length);
  }

  private static byte[] parseAddress(String text, String host) {
    if (IPV4.matcher(host).matches() || IPV6.matcher(host).matches()) {
      try {
        var bytes = InetAddress.ofLiteral(host).getAddress();
        if (bytes.length == 16 || host.indexOf(':') < 0) {
          return bytes;
        }
      } catch (IllegalArgumentException e) {
        throw notNetwork(text, e);
      }
    }
    throw notNetwork(text, null);
  }

  private static int parseLength(String text, Family family, int slash) {
    var digits = text.substring(slash + 1);
    if (!digits.matches("0|[1-9]\\d{0,2}") || Integer.parseInt(digits) > family.addressBits()) {
      throw new IllegalArgumentException(
          "\"%s\" has no prefix length from 0 to %d behind its slash."
              .formatted(text, family.addressBits()));
    }
    return Integer.parseInt(digits);
  }

  private static IllegalArgumentException notNetwork(String text, @Nullable Throwable cause) {
    return new IllegalArgumentException(
        "\"%s\" is no network. Write one like \"10.0.0.0/8\" or \"fd00::/8\".".formatted(text),
        cause);
  }

  private static BigInteger hostBits(Family family, BigInteger address, int length) {
    var mask = BigInteger.ONE.shiftLeft(family.addressBits() - length).subtract(BigInteger.ONE);
    return address.and(mask);
  }

  /** Whether this is every address of the family. */
  public boolean isEverything() {
    return length == 0;
  }

  public BigInteger last() {
    return address.add(
        BigInteger.ONE.shiftLeft(family.addressBits() - length).subtract(BigInteger.ONE));
  }

  public boolean contains(Cidr other) {
    if (family != other.family || length > other.length) {
      return false;
    }
    return length == other.length
        ? address.equals(other.address)
        : address.compareTo(other.address) <= 0 && last().compareTo(other.address) >= 0;
  }

  @Override
  public int compareTo(Cidr other) {
    return ORDER.compare(this, other);
  }

  /** The network as iptables prints it, always with its length. */
  @Override
  public String toString() {
    return addressText() + "/" + length;
  }

  /** Its addresses, each as a network of one. */
  public Stream<Cidr> addresses() {
    return Stream.iterate(
            address,
            address -> address.compareTo(last()) <= 0,
            address -> address.add(BigInteger.ONE))
        .map(address -> new Cidr(family, address, family.addressBits()));
  }

  /** The network as ipset prints it: without its length if it is one address. */
  public String setEntry() {
    return length == family.addressBits() ? addressText() : toString();
  }

  private String addressText() {
    if (family == Family.IPV4) {
      var bits = address.intValue();
      return (bits >>> 24)
          + "."
          + (bits >>> 16 & 255)
          + "."
          + (bits >>> 8 & 255)
          + "."
          + (bits & 255);
    }
    return compressed();
  }

  /**
   * RFC 5952: the longest run of two or more zero groups becomes {@code ::}, the first if there are
   * two.
   */
  private String compressed() {
    var groups = new int[8];
    for (var i = 0; i < 8; i++) {
      groups[i] = address.shiftRight(16 * (7 - i)).intValue() & 0xffff;
    }
    var start = -1;
    var longest = 1;
    for (var i = 0; i < 8; i++) {
      var run = 0;
      while (i + run < 8 && groups[i + run] == 0) {
        run++;
      }
      if (run > longest) {
        start = i;
        longest = run;
      }
    }
    var text = new StringBuilder();
    for (var i = 0; i < 8; i++) {
      if (i == start) {
        text.append("::");
        i += longest - 1;
      } else {
        text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":")
            .append(Integer.toHexString(groups[i]));
      }
    }
    return text.toString();
  }
}
