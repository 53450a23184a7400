package io.hostfirewall.ruleset.model;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Arithmetic on lists of networks of one family. Results are sorted and as few as can be. */
public final class Networks {

  private record Span(BigInteger first, BigInteger last) {}

  private Networks() {}

  /** All addresses of {@code networks} that are in none of {@code except}. */
  public static List<Cidr> subtract(Family family, List<Cidr> networks, List<Cidr> except) {
    var kept = new ArrayList<Span>();
    var holes = merge(family, except);
    for (var span : merge(family, networks)) {
      var from = span.first();
      for (var hole : holes) {
        if (hole.last().compareTo(from) < 0 || hole.first().compareTo(span.last()) > 0) {
          continue;
        }
        if (hole.first().compareTo(from) > 0) {
          kept.add(new Span(from, hole.first().subtract(BigInteger.ONE)));
        }
        from = hole.last().add(BigInteger.ONE);
      }
      if (from.compareTo(span.last()) <= 0) {
        kept.add(new Span(from, span.last()));
      }
    }
    return kept.stream().flatMap(span -> cover(family, span).stream()).toList();
  }

  /** The same addresses in as few networks as can be. */
  public static List<Cidr> aggregate(Family family, List<Cidr> networks) {
    return subtract(family, networks, List.of());
  }

  /** All addresses from the first to the last. */
  public static List<Cidr> range(Family family, BigInteger first, BigInteger last) {
    return cover(family, new Span(first, last));
  }

  private static List<Span> merge(Family family, List<Cidr> networks) {
    var spans = new ArrayList<Span>();
    networks.stream()
        .filter(network -> network.family() == family)
        .sorted()
        .forEach(
            network -> {
              var last = spans.isEmpty() ? null : spans.getLast();
              if (last != null
                  && network.address().compareTo(last.last().add(BigInteger.ONE)) <= 0) {
                spans.set(
                    spans.size() - 1, new Span(last.first(), last.last().max(network.last())));
              } else {
                spans.add(new Span(network.address(), network.last()));
              }
            });
    return spans;
  }

  private static List<Cidr> cover(Family family, Span span) {
    var networks = new ArrayList<Cidr>();
    var from = span.first();
    while (from.compareTo(span.last()) <= 0) {
      var aligned = from.signum() == 0 ? family.addressBits() : from.getLowestSetBit();
      var fitting = span.last().subtract(from).add(BigInteger.ONE).bitLength() - 1;
      var free = Math.min(Math.min(aligned, fitting), family.addressBits());
      networks.add(new Cidr(family, from, family.addressBits() - free));
      from = from.add(BigInteger.ONE.shiftLeft(free));
    }
    return networks;
  }
}
