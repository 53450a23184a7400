package io.hostfirewall.ruleset.model;

import java.math.BigInteger;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.RandomAccess;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Networks of one family, sorted and each once, in as little memory as can be: a hundred thousand
 * of IPv4 take half a megabyte, and fifty times as much as objects. A row is the address and the
 * length.
 */
public final class PackedNetworks extends AbstractList<Cidr> implements RandomAccess {

  private final Family family;
  private final byte[] rows;

  private PackedNetworks(Family family, byte[] rows) {
    this.family = family;
    this.rows = rows;
  }

  /** Those of some networks that are of a family. */
  public static PackedNetworks of(Family family, Collection<Cidr> networks) {
    if (networks instanceof PackedNetworks packed && packed.family == family) {
      return packed;
    }
    if (networks instanceof BothFamilies both) {
      return both.of(family);
    }
    var rows = new byte[networks.size()][];
    var used = 0;
    for (var network : networks) {
      if (network.family() == family) {
        rows[used++] = row(network);
      }
    }
    return sorted(family, rows, used);
  }

  /**
   * Reads networks as ipset prints them.
   *
   * @throws IllegalArgumentException with the first that is none of the family
   */
  public static PackedNetworks parse(Family family, Collection<String> texts) {
    var rows = new byte[texts.size()][];
    var used = 0;
    for (var text : texts) {
      rows[used++] = row(family, text);
    }
    return sorted(family, rows, used);
  }

  private static PackedNetworks sorted(Family family, byte[][] rows, int used) {
    Arrays.sort(rows, 0, used, Arrays::compareUnsigned);
    var width = width(family);
    var packed = new byte[used * width];
    var end = 0;
    byte @Nullable [] last = null;
    for (var i = 0; i < used; i++) {
      if (last == null || !Arrays.equals(last, rows[i])) {
        System.arraycopy(rows[i], 0, packed, end, width);
        end += width;
      }
      last = rows[i];
    }
    return new PackedNetworks(family, end == packed.length ? packed : Arrays.copyOf(packed, end));
  }

  private static int width(Family family) {
    return family.addressBits() / 8 + 1;
  }

  private static byte[] row(Family family, String text) {
    var quick = family == Family.IPV4 ? quickRow(text) : null;
    if (quick != null) {
      return quick;
    }
    var network = Cidr.parse(text);
    if (network.family() != family) {
      throw new IllegalArgumentException(text + " is of the other family");
    }
    return row(network);
  }

  /** Plain digits and dots, which nearly all are; null if it takes a closer look. */
  private static byte @Nullable [] quickRow(String text) {
    var row = new byte[5];
    var part = 0;
    var value = -1;
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (c >= '0' && c <= '9' && value != 0 && value < 256) {
        value = (value < 0 ? 0 : value * 10) + (c - '0');
      } else if (value >= 0 && value < 256 && c == (part < 3 ? '.' : '/') && part < 4) {
        row[part++] = (byte) value;
        value = -1;
      } else {
        return null;
      }
    }
    if (part == 3 && value >= 0 && value < 256) {
      row[3] = (byte) value;
      row[4] = 32;
      return row;
    }
    row[4] = (byte) value;
    return part == 4 && value >= 0 && value <= 32 && !hasHostBits(row) ? row : null;
  }

  private static boolean hasHostBits(byte[] row) {
    var address =
        (row[0] & 255) << 24 | (row[1] & 255) << 16 | (row[2] & 255) << 8 | (row[3] & 255);
    return row[4] < 32 && (address & -1 >>> row[4]) != 0;
  }

  private static byte[] row(Cidr network) {
    var width = width(network.family());
    var row = new byte[width];
    var address = network.address().toByteArray();
    var length = Math.min(address.length, width - 1);
    System.arraycopy(address, address.length - length, row, width - 1 - length, length);
    row[width - 1] = (byte) network.length();
    return row;
  }

  public Family family() {
    return family;
  }

  @Override
  public int size() {
    return rows.length / width(family);
  }

  @Override
  public Cidr get(int index) {
    var width = width(family);
    var start = index * width;
    return new Cidr(
        family, new BigInteger(1, rows, start, width - 1), rows[start + width - 1] & 255);
  }

  /** The same addresses in as few networks as can be. */
  public PackedNetworks aggregate() {
    var width = width(family);
    var stack = rows.clone();
    var top = 0;
    for (var next = 0; next < rows.length; next += width) {
      if (top > 0 && covers(stack, top - width, rows, next)) {
        continue;
      }
      System.arraycopy(rows, next, stack, top, width);
      top += width;
      while (top > width && areHalves(stack, top - 2 * width, top - width)) {
        top -= width;
        stack[top - 1]--;
      }
    }
    return top == rows.length ? this : new PackedNetworks(family, Arrays.copyOf(stack, top));
  }

  private int length(byte[] from, int row) {
    return from[row + width(family) - 1] & 255;
  }

  private boolean covers(byte[] one, int row, byte[] other, int otherRow) {
    var length = length(one, row);
    return length <= length(other, otherRow) && commonBits(one, row, other, otherRow) >= length;
  }

  /** Whether two rows that follow each other are the lower and the upper half of a network. */
  private boolean areHalves(byte[] stack, int lower, int upper) {
    var length = length(stack, lower);
    return length > 0
        && length == length(stack, upper)
        && commonBits(stack, lower, stack, upper) == length - 1;
  }

  private int commonBits(byte[] one, int row, byte[] other, int otherRow) {
    var bytes = family.addressBits() / 8;
    var at = Arrays.mismatch(one, row, row + bytes, other, otherRow, otherRow + bytes);
    return at < 0
        ? family.addressBits()
        : at * 8 + Integer.numberOfLeadingZeros((one[row + at] ^ other[otherRow + at]) & 255) - 24;
  }

  /** Whether an address is in one of these networks, of which none may hold another. */
  public boolean holds(Cidr address) {
    if (address.family() != family) {
      return false;
    }
    var key = row(address);
    var low = 0;
    var high = size() - 1;
    while (low <= high) {
      var middle = (low + high) >>> 1;
      if (compare(middle, key) <= 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return high >= 0 && covers(rows, high * width(family), key, 0);
  }

  private int compare(int index, byte[] key) {
    var width = width(family);
    return Arrays.compareUnsigned(rows, index * width, (index + 1) * width, key, 0, width);
  }

  /** Tells of networks that only one of two lists holds. */
  public static void difference(
      PackedNetworks one, PackedNetworks other, Consumer<Cidr> onlyOne, Consumer<Cidr> onlyOther) {
    var i = 0;
    var k = 0;
    var width = width(one.family);
    while (i < one.size() || k < other.size()) {
      var order =
          i == one.size()
              ? 1
              : k == other.size()
                  ? -1
                  : Arrays.compareUnsigned(
                      one.rows, i * width, (i + 1) * width, other.rows, k * width, (k + 1) * width);
      if (order < 0) {
        onlyOne.accept(one.get(i));
      } else if (order > 0) {
        onlyOther.accept(other.get(k));
      }
      i += order <= 0 ? 1 : 0;
      k += order >= 0 ? 1 : 0;
    }
  }

  /** Networks of both families, each as packed as can be. */
  public static List<Cidr> ofBothFamilies(Collection<Cidr> networks) {
    return new BothFamilies(of(Family.IPV4, networks), of(Family.IPV6, networks));
  }

  /** All networks of several lists of both families. */
  public static List<Cidr> union(Collection<List<Cidr>> lists) {
    return new BothFamilies(union(Family.IPV4, lists), union(Family.IPV6, lists));
  }

  private static PackedNetworks union(Family family, Collection<List<Cidr>> lists) {
    var packed = lists.stream().map(list -> of(family, list)).toList();
    if (packed.size() == 1) {
      return packed.getFirst();
    }
    var width = width(family);
    var rows = new byte[packed.stream().mapToInt(PackedNetworks::size).sum()][];
    var used = 0;
    for (var list : packed) {
      for (var start = 0; start < list.rows.length; start += width) {
        rows[used++] = Arrays.copyOfRange(list.rows, start, start + width);
      }
    }
    return sorted(family, rows, used);
  }

  /** As ipset prints them. */
  public List<String> entries() {
    return new Entries(this);
  }

  private String ipv4Entry(int index) {
    var row = index * 5;
    var text = new StringBuilder(18).append(rows[row] & 255);
    for (var i = 1; i < 4; i++) {
      text.append('.').append(rows[row + i] & 255);
    }
    return rows[row + 4] == 32
        ? text.toString()
        : text.append('/').append(rows[row + 4]).toString();
  }

  /** The networks of such a list; null if it is another one. */
  static @Nullable PackedNetworks of(List<String> entries) {
    return entries instanceof Entries packed ? packed.networks : null;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PackedNetworks packed
        ? family == packed.family && Arrays.equals(rows, packed.rows)
        : super.equals(other);
  }

  @Override
  public int hashCode() {
    return super.hashCode();
  }

  /** Those of IPv4, and then those of IPv6. */
  private static final class BothFamilies extends AbstractList<Cidr> implements RandomAccess {
    private final PackedNetworks ipv4;
    private final PackedNetworks ipv6;

    private BothFamilies(PackedNetworks ipv4, PackedNetworks ipv6) {
      this.ipv4 = ipv4;
      this.ipv6 = ipv6;
    }

    private PackedNetworks of(Family family) {
      return family == Family.IPV4 ? ipv4 : ipv6;
    }

    @Override
    public int size() {
      return ipv4.size() + ipv6.size();
    }

    @Override
    public Cidr get(int index) {
      return index < ipv4.size() ? ipv4.get(index) : ipv6.get(index - ipv4.size());
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof BothFamilies both
          ? ipv4.equals(both.ipv4) && ipv6.equals(both.ipv6)
          : super.equals(other);
    }

    @Override
    public int hashCode() {
      return super.hashCode();
    }
  }

  /** Texts that are made when they are asked for. */
  private static final class Entries extends AbstractList<String> implements RandomAccess {
    private final PackedNetworks networks;

    private Entries(PackedNetworks networks) {
      this.networks = networks;
    }

    @Override
    public int size() {
      return networks.size();
    }

    @Override
    public String get(int index) {
      return networks.family == Family.IPV4
          ? networks.ipv4Entry(index)
          : networks.get(index).setEntry();
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Entries entries
          ? networks.equals(entries.networks)
          : super.equals(other);
    }

    @Override
    public int hashCode() {
      return super.hashCode();
    }
  }
}
