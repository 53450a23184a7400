package io.hostfirewall.api.v1alpha1;

/** Bounds that several kinds share. */
final class ApiLimits {

  /** Largest integer that JSON numbers carry exactly (RFC 8259, section 6). */
  static final double LARGEST_EXACT_INTEGER = 9_007_199_254_740_991d;

  /** What the operator calls a revision; empty for none. */
  static final String REVISION = "^(hfr-[0-9a-f]+)?$";

  private ApiLimits() {}
}
