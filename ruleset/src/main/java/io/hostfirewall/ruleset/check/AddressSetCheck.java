package io.hostfirewall.ruleset.check;

import io.hostfirewall.api.v1alpha1.HostFirewallAddressSetSpec;
import java.util.List;

/**
 * Says what is wrong with an address set, as the schema does, for those who have no API server to
 * ask.
 */
public final class AddressSetCheck {

  private static final int MAX_NETWORKS = 10_000;
  private static final String NAME = "[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?";

  private AddressSetCheck() {}

  /** All problems of its spec; empty if it can be used. */
  public static List<Problem> check(HostFirewallAddressSetSpec spec) {
    var findings = new Findings("spec");
    if (spec.set() != null && !spec.set().matches(NAME)) {
      findings.add(
          "set",
          "\"%s\" is no name: 1 to 63 lower case letters, digits, dashes and dots"
              .formatted(spec.set()));
    }
    if (findings.require("networks", spec.networks(), "Write [] for a set that holds nobody")) {
      RuleCheck.each(findings, "networks", spec.networks(), 0, MAX_NETWORKS, NetworkCheck::check);
    }
    return findings.problems();
  }
}
