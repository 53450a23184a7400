package io.hostfirewall.ruleset.compile;

/** By which port a connection is judged. */
enum Judged {
  BY_DESTINATION(""),
  BY_ORIGINAL_DESTINATION("DNAT-");

  private final String prefix;

  Judged(String prefix) {
    this.prefix = prefix;
  }

  /** How the names of the chains begin that judge so. */
  String prefix() {
    return prefix;
  }
}
