package io.hostfirewall.ruleset.importing;

import io.hostfirewall.api.v1alpha1.RateUnit;

/** How much a rule lets its packets be. */
sealed interface Budget {

  /**
   * A token bucket.
   *
   * @param perSource whether each source has one, or all share one
   * @param prefix how many bits of its address make a source
   */
  record Rate(int limit, RateUnit unit, int burst, boolean perSource, int prefix)
      implements Budget {}

  /** Connections of one source at a time. */
  record Connections(int most) implements Budget {}
}
