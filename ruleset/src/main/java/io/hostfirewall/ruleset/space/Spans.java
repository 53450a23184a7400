package io.hostfirewall.ruleset.space;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A set of whole numbers.
 *
 * @param spans sorted, and with a gap between each and the next
 */
public record Spans(List<Span> spans) {

  /** All numbers from {@code first} to {@code last}. */
  public record Span(BigInteger first, BigInteger last) {}

  static final Spans NONE = new Spans(List.of());

  public Spans {
    spans = List.copyOf(spans);
  }

  static Spans of(BigInteger first, BigInteger last) {
    return new Spans(List.of(new Span(first, last)));
  }

  static Spans of(long first, long last) {
    return of(BigInteger.valueOf(first), BigInteger.valueOf(last));
  }

  static Spans of(long only) {
    return of(only, only);
  }

  public boolean isEmpty() {
    return spans.isEmpty();
  }

  boolean contains(BigInteger number) {
    return spans.stream()
        .anyMatch(s -> s.first().compareTo(number) <= 0 && number.compareTo(s.last()) <= 0);
  }

  Spans or(Spans other) {
    var sorted =
        Stream.concat(spans.stream(), other.spans.stream())
            .sorted(Comparator.comparing(Span::first))
            .toList();
    var joined = new ArrayList<Span>();
    for (var span : sorted) {
      var before = joined.isEmpty() ? null : joined.getLast();
      if (before != null && span.first().compareTo(before.last().add(BigInteger.ONE)) <= 0) {
        joined.set(joined.size() - 1, new Span(before.first(), before.last().max(span.last())));
      } else {
        joined.add(span);
      }
    }
    return new Spans(joined);
  }

  Spans and(Spans other) {
    var common = new ArrayList<Span>();
    var mine = 0;
    var theirs = 0;
    while (mine < spans.size() && theirs < other.spans.size()) {
      var a = spans.get(mine);
      var b = other.spans.get(theirs);
      var first = a.first().max(b.first());
      var last = a.last().min(b.last());
      if (first.compareTo(last) <= 0) {
        common.add(new Span(first, last));
      }
      if (a.last().compareTo(b.last()) < 0) {
        mine++;
      } else {
        theirs++;
      }
    }
    return new Spans(common);
  }

  /** The numbers of this set that are not in the other. */
  public Spans minus(Spans other) {
    var left = new ArrayList<Span>();
    for (var span : spans) {
      var from = span.first();
      for (var hole : other.spans) {
        if (hole.last().compareTo(from) < 0 || hole.first().compareTo(span.last()) > 0) {
          continue;
        }
        if (hole.first().compareTo(from) > 0) {
          left.add(new Span(from, hole.first().subtract(BigInteger.ONE)));
        }
        from = hole.last().add(BigInteger.ONE);
      }
      if (from.compareTo(span.last()) <= 0) {
        left.add(new Span(from, span.last()));
      }
    }
    return new Spans(left);
  }
}
