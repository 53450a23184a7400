package io.hostfirewall.ruleset.importing;

import io.hostfirewall.ruleset.model.PortRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Ports, as few ranges as can be.
 *
 * @param ranges in order, with a gap between each two
 */
record PortSet(List<PortRange> ranges) {

  private static final int LAST = 65_535;

  static final PortSet ALL = new PortSet(List.of(new PortRange(0, LAST)));

  PortSet {
    var merged = new ArrayList<PortRange>();
    for (var range : ranges.stream().sorted(Comparator.comparingInt(PortRange::first)).toList()) {
      if (!merged.isEmpty() && range.first() <= merged.getLast().last() + 1) {
        var last = merged.removeLast();
        merged.add(new PortRange(last.first(), Math.max(last.last(), range.last())));
      } else {
        merged.add(range);
      }
    }
    ranges = List.copyOf(merged);
  }

  boolean isEmpty() {
    return ranges.isEmpty();
  }

  PortSet complement() {
    var gaps = new ArrayList<PortRange>();
    var from = 0;
    for (var range : ranges) {
      if (range.first() > from) {
        gaps.add(new PortRange(from, range.first() - 1));
      }
      from = range.last() + 1;
    }
    if (from <= LAST) {
      gaps.add(new PortRange(from, LAST));
    }
    return new PortSet(gaps);
  }

  PortSet intersect(PortSet other) {
    var common = new ArrayList<PortRange>();
    for (var one : ranges) {
      for (var two : other.ranges) {
        var first = Math.max(one.first(), two.first());
        var last = Math.min(one.last(), two.last());
        if (first <= last) {
          common.add(new PortRange(first, last));
        }
      }
    }
    return new PortSet(common);
  }

  PortSet union(PortSet other) {
    var all = new ArrayList<>(ranges);
    all.addAll(other.ranges);
    return new PortSet(all);
  }

  boolean covers(PortSet other) {
    return other.intersect(this).equals(other);
  }
}
