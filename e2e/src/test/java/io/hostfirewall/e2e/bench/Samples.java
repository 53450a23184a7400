package io.hostfirewall.e2e.bench;

import java.util.ArrayList;
import java.util.List;

/** Measured times, in milliseconds. */
final class Samples {

  private final List<Double> millis = new ArrayList<>();

  void addNanos(long nanos) {
    millis.add(nanos / 1e6);
  }

  int count() {
    return millis.size();
  }

  /** The smallest sample that {@code percent} of all do not exceed. */
  double percentile(double percent) {
    var sorted = millis.stream().sorted().toList();
    var rank = (int) Math.ceil(percent / 100 * sorted.size());
    return sorted.get(Math.max(rank, 1) - 1);
  }

  double median() {
    return percentile(50);
  }

  double max() {
    return percentile(100);
  }
}
