package io.hostfirewall.operator.rollout;

import io.hostfirewall.operator.select.PolicyVersion;
import io.hostfirewall.operator.select.RevisionChoice;
import java.util.Set;

/** The revision that a node shall run, and what it is made of. */
public record Target(String revision, Set<PolicyVersion> versions) {

  public Target {
    versions = Set.copyOf(versions);
  }

  public static Target of(RevisionChoice.Named choice) {
    return new Target(choice.name(), PolicyVersion.in(choice.content()));
  }
}
