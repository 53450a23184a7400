package io.hostfirewall.api.v1alpha1;

/** Bounds that several kinds share. */
final class ApiLimits {

  /** Largest integer that JSON numbers carry exactly (RFC 8259, section 6). */
  static final double LARGEST_EXACT_INTEGER = 9_007_199_254_740_991d;

  private ApiLimits() {}
}
